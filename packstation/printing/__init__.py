"""What is printed: barcodes, command cards, badges; and QR codes for the terminal."""
