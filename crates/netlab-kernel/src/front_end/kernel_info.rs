//! What this kernel is.

use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::wire::PROTOCOL;

/// The version of the compiler, once it is known.
static RUST: OnceLock<String> = OnceLock::new();

/// Answers a [`kernel_info_request`].
///
/// [`kernel_info_request`]: https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info
pub(super) fn answer() -> Value {
    // Asking the compiler takes longer than a client should wait; the oldest
    // version that can be has to do for the first answer.
    let rust = RUST
        .get()
        .map_or(env!("CARGO_PKG_RUST_VERSION"), String::as_str);
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL,
        "implementation": env!("CARGO_PKG_NAME"),
        "implementation_version": env!("CARGO_PKG_VERSION"),
        "language_info": {
            "name": "rust",
            "version": rust,
            "mimetype": "text/x-rustsrc",
            "file_extension": ".rs",
            "pygments_lexer": "rust",
            "codemirror_mode": "rust",
        },
        "banner": format!("Rust {rust}, netlab-kernel"),
        "debugger": false,
        "help_links": [{
            "text": "Стандартная библиотека Rust",
            "url": "https://doc.rust-lang.org/std/",
        }],
        "supported_features": [],
    })
}

/// Asks the compiler for its version.
pub(super) fn learn_version() {
    let said = Command::new("rustc").arg("--version").output();
    if let Ok(said) = said
        && let Ok(said) = String::from_utf8(said.stdout)
        && let Some(version) = said.split(' ').nth(1)
    {
        let _ = RUST.set(version.to_owned());
    }
}
