"""What was heard, made fit to be searched with: nothing invented, and names as they are written."""
