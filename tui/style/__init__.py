"""How things look: themes, styles, glyphs, cells and ages."""
