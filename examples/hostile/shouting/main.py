"""<script>alert(1)</script> ![x](javascript:alert(2))"""

if __name__ == "__main__":
    print("\033]0;title\007\033[2J\033[31mred\033[0m \u202e <script>alert(3)</script><img src=x onerror=alert(4)>")
    print("[x](javascript:alert(5)) | `code` | </pre></details><svg onload=alert(6)> [bold red]markup[/] {{ 7*7 }}")
    raise RuntimeError("</title></textarea><iframe src='https://evil.test'></iframe> \033[8m hidden")
