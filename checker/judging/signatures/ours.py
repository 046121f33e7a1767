"""What failures of the network, of package indexes and of the engine look like: never the repository's fault."""

from __future__ import annotations

from checker.judging.signatures.row import table

OURS = table(
    ("disk_full", "storage", r"No space left on device|ENOSPC|os error 28\b|Disk quota exceeded"),
    (
        "engine_daemon",
        "engine",
        "Cannot connect to the Docker daemon|error during connect: "
        "|Error response from daemon: (?!pull access|manifest)|OCI runtime create failed"
        r"|containerd[^\n]{0,80} unavailable|failed to create (?:shim|task)",
    ),
    ("no_interpreter", "checker", r"No interpreter found for (?:Python|executable name)"),
    ("engine_pull", "registry", r"toomanyrequests: |TLS handshake timeout|net/http: request canceled"),
    # pip reports an unreachable index as if the package did not exist: only its retries tell
    (
        "pip_unreachable",
        "registry",
        r"Retrying \(Retry\(total=0[^\n]{0,900}/simple/|ReadTimeoutError\(\"HTTPS?ConnectionPool"
        r"|Caused by ProxyError\([^\n]{0,60}RemoteDisconnected"
        r"|Caused by ResponseError\([^\n]{0,20}too many (?:429|5\d\d)"
        r"|pip\._vendor\.urllib3\.exceptions\.(?:ReadTimeout|Protocol|NewConnection)",
    ),
    (
        "git_unreachable",
        "network",
        r"fatal: unable to access '[^'\n]{1,300}': (?:Could not resolve|Failed to connect|Connection"
        r"|OpenSSL|GnuTLS|SSL|The requested URL returned error: (?:429|5\d\d)|Operation timed out"
        "|Recv failure|Empty reply)|fatal: (?:the remote end hung up|early EOF|protocol error)"
        "|RPC failed; |ssh: Could not resolve hostname",
    ),
    (
        "index_status",
        "registry",
        r"HTTP status (?:server error \(5\d\d|client error \(429)|\b(?:429 Too Many Requests"
        "|50[0234] (?:Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out"
        r"|Internal Server Error))|HTTP ERROR: ?(?:429|5\d\d)|HTTP error (?:429|5\d\d) while getting"
        r"|CondaHTTPError: HTTP (?:429|5\d\d|000)|npm (?:ERR!|error) (?:code )?E(?:429|5\d\d)\b",
    ),
    (
        "index_unreachable",
        "registry",
        "error sending request for url|Failed to fetch: `?https?://|operation timed out"
        "|Failed to download distribution due to network timeout|request timed out"
        "|CONNECTION FAILED for url|Failed to download metadata|npm (?:ERR!"
        "|error) (?:code )?(?:ENOTFOUND|ETIMEDOUT|ECONNRESET|ECONNREFUSED|EAI_AGAIN)"
        "|E: (?:Failed to fetch|Unable to fetch some archives)|Temporary failure resolving '"
        "|unable to access index for repository https?://",
    ),
    (
        "broken_download",
        "registry",
        r"Hash mismatch for|THESE PACKAGES DO NOT MATCH THE HASHES|IncompleteRead\(|ChunkedEncodingError"
        r"|(?:Hash Sum|checksum) mismatch|ChecksumMismatchError|EINTEGRITY|error decoding response body"
        r"|stdin: unexpected end of file|unexpected EOF|invalid gzip |Failed to extract archive|BadZipFile"
        r"|download[^\n]{0,60} (?:was )?(?:interrupted|truncated)",
    ),
    (
        "no_network",
        "network",
        "Temporary failure in name resolution|Name or service not known|Could not resolve (?:host|proxy)"
        "|[Nn]etwork is unreachable|dns error|No route to host|Connection (?:reset by peer|timed out)"
        r"|\[Errno (?:-3|-2|101|104|110|111|113)\]|getaddrinfo failed|[Cc]onnection refused"
        r"|NewConnectionError|CERTIFICATE_VERIFY_FAILED|\[SSL: |Received HTTP code \d+ from proxy"
        r"|urlopen error (?:timed out|\[Errno)|HTTP Error (?:429|5\d\d)",
    ),
)
