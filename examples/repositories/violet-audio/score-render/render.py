"""Draw a staff and say how large the picture is."""

import argparse
import io

import cairocffi


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=120)
    width = parser.parse_args().width
    surface = cairocffi.ImageSurface(cairocffi.FORMAT_RGB24, width, 40)
    context = cairocffi.Context(surface)
    for line in range(5):
        context.move_to(0, 8 + 6 * line)
        context.line_to(width, 8 + 6 * line)
        context.stroke()
    picture = io.BytesIO()
    surface.write_to_png(picture)
    print("bytes:", len(picture.getvalue()))


if __name__ == "__main__":
    main()
