//! Questions of a cell to the user.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::json;

use crate::kernel::Replies;
use crate::wire::{Origin, Outgoing, Request};

/// What was asked and not answered yet, oldest first.
pub(crate) struct Input {
    asked: Mutex<VecDeque<String>>,
    clients: Replies,
}

impl Input {
    pub(crate) fn new(clients: Replies) -> Self {
        Self {
            asked: Mutex::default(),
            clients,
        }
    }

    /// Asks the user, in the client that sent the cell.
    pub(crate) fn ask(&self, prompt: &str, password: bool, origin: &Origin) {
        let content = json!({ "prompt": prompt, "password": password });
        let question = Outgoing::reply("input_request", content, origin);
        let id = question.id().to_owned();
        self.asked.lock().unwrap().push_back(id);
        self.clients.send(question);
    }

    /// The line with which a message answers the oldest open question; None
    /// for an answer that comes too late.
    pub(crate) fn answer(&self, reply: &Request) -> Option<String> {
        if reply.kind != "input_reply" {
            return None;
        }
        self.asked.lock().unwrap().pop_front()?;
        Some(format!("{}\n", reply.text("value")))
    }

    /// Forgets all questions: the cell has ended or was interrupted.
    pub(crate) fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }
}
