//! What holds for the messages of every request, whatever a test is about.
//!
//! - a client is welcomed first, and then hears `starting`, once;
//! - `busy` is the first word about a request and `idle` the last one, except
//!   what threads print that outlive their cell;
//! - in between, the input of a cell comes before all else, a result and an
//!   error at most once, and nothing that the request can't cause;
//! - another `busy` follows only the `idle` of a request that was answered
//!   while the cell ran;
//! - each request has exactly one reply, on the socket that it came by;
//! - every message names its request by the whole of its header, and has an
//!   identifier of its own.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::message::Message;

/// Watches the messages of one kernel.
#[derive(Default)]
pub(super) struct Order {
    requests: HashMap<String, Request>,
    identifiers: HashSet<String>,
    session: Value,
    publications: usize,
    /// The publication before: whose it was, and which state it told.
    before: (String, String),
}

struct Request {
    header: Value,
    content: Value,
    socket: &'static str,
    phase: Phase,
    /// The input of a cell has been published.
    input: bool,
    result: bool,
    error: bool,
    /// Its threads may print after its end.
    outlived: bool,
    replied: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Sent,
    Busy,
    Done,
}

impl Request {
    fn is(&self, kind: &str) -> bool {
        self.header["msg_type"] == kind
    }

    fn is_silent(&self) -> bool {
        self.content["silent"] == true
    }
}

impl Order {
    /// Notes a request that is about to be sent.
    pub(super) fn asked(
        &mut self,
        socket: &'static str,
        header: Value,
        content: Value,
    ) {
        let id = header["msg_id"].as_str().unwrap().to_owned();
        let request = Request {
            header,
            content,
            socket,
            phase: Phase::Sent,
            input: false,
            result: false,
            error: false,
            outlived: false,
            replied: false,
        };
        assert!(self.requests.insert(id, request).is_none());
    }

    /// Allows output of a cell after its end.
    pub(super) fn outlived(&mut self, id: &str) {
        self.requests.get_mut(id).unwrap().outlived = true;
    }

    /// Checks the next message to all clients.
    pub(super) fn published(&mut self, message: &Message) {
        self.identified(message);
        self.publications += 1;
        let state = message.state();
        match (self.publications, message.kind.as_str(), state) {
            // Any client's welcome comes to all.
            (_, "iopub_welcome", _) | (2, "status", "starting") => {
                assert_eq!(message.parent_header, json!({}), "{message:?}");
            }
            (1 | 2, ..) => panic!("no greeting: {message:?}"),
            _ => self.follows(message),
        }
        self.before = (message.parent.clone(), state.to_owned());
    }

    fn follows(&mut self, message: &Message) {
        let aside = self.before.1 == "idle" && self.before.0 != message.parent;
        let request = self.request(message);
        let running = request.phase == Phase::Busy;
        let is_cell = request.is("execute_request");
        let shows = is_cell && !request.is_silent() && running && request.input;
        let right = match (message.kind.as_str(), message.state()) {
            ("status", "busy") => match request.phase {
                Phase::Sent => true,
                Phase::Busy => is_cell && aside,
                Phase::Done => false,
            },
            ("status", "idle") => running,
            ("execute_input", _) => {
                is_cell && !request.is_silent() && running && !request.input
            }
            ("execute_result", _) => shows && !request.result && !request.error,
            ("error", _) => shows && !request.error,
            (
                "stream"
                | "display_data"
                | "update_display_data"
                | "clear_output",
                _,
            ) => shows || request.outlived,
            ("comm_close", _) => running && request.is("comm_open"),
            _ => false,
        };
        let phase = request.phase;
        assert!(right, "out of order, phase {phase:?}: {message:?}");
        match (message.kind.as_str(), message.state()) {
            (_, "busy") => request.phase = Phase::Busy,
            (_, "idle") => request.phase = Phase::Done,
            ("execute_input", _) => request.input = true,
            ("execute_result", _) => request.result = true,
            ("error", _) => request.error = true,
            _ => {}
        }
    }

    /// Checks the next reply, or question, on a socket.
    pub(super) fn replied(&mut self, socket: &'static str, message: &Message) {
        self.identified(message);
        let request = self.request(message);
        if message.kind == "input_request" {
            let asked = request.is("execute_request") && !request.replied;
            assert!(asked && socket == "stdin", "{message:?}");
            assert_eq!(request.content["allow_stdin"], true);
            return;
        }
        let kind = request.header["msg_type"].as_str().unwrap();
        let reply = kind.replace("_request", "_reply");
        assert_eq!((message.kind.as_str(), socket), (&*reply, request.socket));
        assert!(!request.replied, "a second reply: {message:?}");
        request.replied = true;
    }

    /// Checks that nothing is missing.
    pub(super) fn complete(&self) {
        for (id, request) in &self.requests {
            let kind = request.header["msg_type"].as_str().unwrap();
            assert_eq!(request.phase, Phase::Done, "{kind} {id}");
            let wants_reply = kind.ends_with("_request");
            assert_eq!(request.replied, wants_reply, "{kind} {id}");
        }
    }

    fn identified(&mut self, message: &Message) {
        let header = &message.header;
        assert_eq!(header["version"], "5.4", "{header}");
        assert!(header["date"].is_string(), "{header}");
        if self.session.is_null() {
            self.session = header["session"].clone();
        }
        assert_eq!(header["session"], self.session, "{header}");
        let id = header["msg_id"].as_str().unwrap().to_owned();
        assert!(self.identifiers.insert(id), "known already: {header}");
    }

    fn request(&mut self, message: &Message) -> &mut Request {
        let request = self
            .requests
            .get_mut(&message.parent)
            .unwrap_or_else(|| panic!("nobody asked for it: {message:?}"));
        assert_eq!(message.parent_header, request.header);
        request
    }
}
