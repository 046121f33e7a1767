"""The reporter: stored results in, reports out (site, JSON, Markdown, badge, terminal)."""
