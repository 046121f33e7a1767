import reef

reef.print("[bold]reef[/bold]")
