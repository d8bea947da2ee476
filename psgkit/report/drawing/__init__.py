"""How a picture is drawn: shapes, axes and colours, as SVG or by matplotlib."""
