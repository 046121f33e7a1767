import click


@click.group()
def cli():
    pass


@cli.command()
@click.argument("folder", type=click.Path())
@click.option("--size", type=int, required=True)
def build(folder, size):
    click.echo(f"{folder} {size}")


if __name__ == "__main__":
    cli()
