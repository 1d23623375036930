"""Floor 2: papers drawn by us: PDF with language, title and tags, and QR codes. Knows no business."""
