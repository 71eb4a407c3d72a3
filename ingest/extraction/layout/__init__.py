"""From where words stand on printed pages to what they are: columns, headings, lists, tables."""
