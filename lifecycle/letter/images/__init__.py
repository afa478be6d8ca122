"""Pictures in letters: QR codes, PNG, seals and marks."""
