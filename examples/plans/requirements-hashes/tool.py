import click
import six


@click.command()
@click.option("--count", default=1)
def main(count):
    print(six.text_type(count))


if __name__ == "__main__":
    main()
