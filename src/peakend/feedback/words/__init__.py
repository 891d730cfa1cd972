"""What customers say in their own words, Chinese and English, read offline."""
