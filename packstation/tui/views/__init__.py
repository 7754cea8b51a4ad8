"""What panels say: functions from what acts returned to lines of text. They decide nothing."""
