//! What the compiler says, in the words of cargo.

use serde_json::{Value, json};

/// The messages of one run of the compiler.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// As cargo prints them on its standard output, one JSON per line.
    pub(super) lines: Vec<String>,
    /// What is not a message, for the standard error.
    pub(super) rest: Vec<String>,
    pub(super) errors: usize,
    /// There is an error that does not lie in the cell: a library is missing
    /// or does not fit.
    pub(super) libraries_do_not_fit: bool,
}

/// Errors about libraries; cargo builds anew what they are about.
const ABOUT_LIBRARIES: [&str; 8] = [
    "E0454", "E0457", "E0460", "E0462", "E0463", "E0464", "E0514", "E0786",
];

impl Messages {
    /// Takes a line that the compiler has printed about the target that cargo
    /// has described in `artifact`.
    pub(super) fn take(&mut self, line: &str, artifact: &Value) {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            if !line.is_empty() {
                self.rest.push(line.to_owned());
            }
            return;
        };
        // The others tell of files, which only cargo wants to know.
        if message["$message_type"] != "diagnostic" || is_a_sum(&message) {
            return;
        }
        if message["level"]
            .as_str()
            .is_some_and(|level| level.starts_with("error"))
        {
            self.errors += 1;
            let code = message["code"]["code"].as_str().unwrap_or_default();
            self.libraries_do_not_fit |= ABOUT_LIBRARIES.contains(&code);
        }
        let said = json!({
            "reason": "compiler-message",
            "package_id": artifact["package_id"],
            "manifest_path": artifact["manifest_path"],
            "target": artifact["target"],
            "message": message,
        });
        self.lines.push(said.to_string());
    }

    /// Adds how the build has ended.
    pub(super) fn end(&mut self, success: bool, artifact: &Value) {
        if success {
            self.lines.push(artifact.to_string());
        } else {
            let plural = if self.errors == 1 { "" } else { "s" };
            self.rest.push(format!(
                "error: could not compile `ctx` (lib) due to {} previous \
                 error{plural}",
                self.errors
            ));
        }
        let end = json!({ "reason": "build-finished", "success": success });
        self.lines.push(end.to_string());
    }
}

/// "2 warnings emitted": cargo counts for itself.
fn is_a_sum(message: &Value) -> bool {
    let text = message["message"].as_str().unwrap_or_default();
    text.starts_with("aborting due to")
        || text.ends_with("warning emitted")
        || text.ends_with("warnings emitted")
}

#[cfg(test)]
#[path = "messages/tests.rs"]
mod tests;
