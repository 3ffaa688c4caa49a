"""What every map is made of: a frame, what lies in it, its styles, labels and marks, and the finished SVG.

`seabed.briefing.map` draws one site with them, `seabed.briefing.maps.groups` groups of areas.
"""
