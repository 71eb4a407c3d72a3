"""What office files are made of: archives of XML, with headings, lists and tables in it."""
