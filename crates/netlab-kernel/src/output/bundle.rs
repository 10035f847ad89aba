//! Rich output: blocks of several types that show the same thing.

use serde_json::{Map, Value, json};

/// A block of this type is no output but says what becomes of the bundle: a
/// JSON object with `display_id` and `update`, or `clear_output` and `wait`.
/// It always begins a new bundle.
const INSTRUCTION: &str = "application/x-netlab+json";

/// Blocks that belong together.
pub(super) struct Bundle {
    cell: u64,
    data: Map<String, Value>,
    instruction: Option<Value>,
}

impl Bundle {
    /// A bundle that begins with this block.
    pub(super) fn of(cell: u64, mime: &str, content: String) -> Self {
        let mut bundle = Self {
            cell,
            data: Map::new(),
            instruction: None,
        };
        bundle.add(mime, content);
        bundle
    }

    pub(super) fn cell(&self) -> u64 {
        self.cell
    }

    /// Whether the next block of `cell` is a part of this bundle.
    pub(super) fn takes(&self, cell: u64, mime: &str) -> bool {
        let clears = self.clears();
        cell == self.cell
            && mime != INSTRUCTION
            && !clears
            && !self.data.contains_key(mime)
    }

    /// Adds a block.
    pub(super) fn add(&mut self, mime: &str, content: String) {
        if mime == INSTRUCTION {
            // What is no JSON instructs nothing.
            self.instruction = serde_json::from_str(&content).ok();
            return;
        }
        let is_json = mime == "application/json" || mime.ends_with("+json");
        let value = match is_json.then(|| serde_json::from_str(&content)) {
            Some(Ok(value)) => value,
            _ => Value::String(content),
        };
        self.data.insert(mime.to_owned(), value);
    }

    /// Whether this can be the result of a cell.
    pub(super) fn may_be_result_of(&self, cell: u64) -> bool {
        self.cell == cell && self.instruction.is_none()
    }

    /// The blocks by type.
    pub(super) fn data(self) -> Value {
        Value::Object(self.data)
    }

    /// The message that shows the bundle: its kind and its content.
    pub(super) fn message(self) -> (&'static str, Value) {
        let clears = self.clears();
        let instruction = self.instruction.unwrap_or_default();
        if clears {
            let wait = instruction["wait"].as_bool().unwrap_or(false);
            return ("clear_output", json!({ "wait": wait }));
        }
        let mut transient = json!({});
        let mut kind = "display_data";
        if let Some(id) = instruction["display_id"].as_str() {
            transient = json!({ "display_id": id });
            if instruction["update"] == true {
                kind = "update_display_data";
            }
        }
        let content = json!({
            "data": self.data,
            "metadata": {},
            "transient": transient,
        });
        (kind, content)
    }

    fn clears(&self) -> bool {
        self.instruction
            .as_ref()
            .is_some_and(|instruction| instruction["clear_output"] == true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_of_a_type_that_is_there_begins_a_new_bundle() {
        let bundle = Bundle::of(1, "text/html", "<b>".into());
        assert!(bundle.takes(1, "text/plain"));
        assert!(!bundle.takes(1, "text/html"));
        assert!(!bundle.takes(2, "text/plain"));
        assert!(!bundle.takes(1, INSTRUCTION));
    }

    #[test]
    fn instruction_makes_an_update() {
        let instruction = r#"{"display_id": "a", "update": true}"#;
        let mut bundle = Bundle::of(1, INSTRUCTION, instruction.into());
        bundle.add("application/json", "[1]".into());
        assert!(!bundle.may_be_result_of(1));
        let (kind, content) = bundle.message();
        assert_eq!(kind, "update_display_data");
        assert_eq!(content["data"]["application/json"], json!([1]));
        assert_eq!(content["transient"]["display_id"], "a");
    }

    #[test]
    fn instruction_clears() {
        let instruction = r#"{"clear_output": true, "wait": true}"#;
        let bundle = Bundle::of(1, INSTRUCTION, instruction.into());
        assert!(!bundle.takes(1, "text/plain"));
        let (kind, content) = bundle.message();
        assert_eq!(kind, "clear_output");
        assert_eq!(content, json!({ "wait": true }));
    }
}
