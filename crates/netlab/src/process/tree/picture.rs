//! The tree as a picture.

use std::fmt::Write;

use super::ProcessTree;
use super::text::ROWS;
use crate::display::{self, escape};

/// Width and height of a box.
const BOX: (usize, usize) = (216, 34);
/// Distance from one box to the next, to the right and downwards.
const STEP: (usize, usize) = (252, 42);

impl ProcessTree {
    /// Shows the tree under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::process::tree()?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let html = self.picture()
            + &display::paragraph(&self.more(ROWS))
            + &display::paragraph(&self.summary());
        display::blocks(Some(&html), &self.to_string());
    }

    /// An SVG without colours of its own: the page may be dark or light. A
    /// listening process has a dot, a zombie a dashed outline.
    pub(crate) fn picture(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let rows = self.len().min(ROWS);
        let lines = self.lines(rows);
        let mut shapes = String::new();
        for row in 0..rows {
            let depth = self.depth(row);
            let (x, y) = (depth * STEP.0 + 2, lines[row] * STEP.1 + 2);
            if let Some(parent) = self.parent_of(row) {
                let from_x = self.depth(parent) * STEP.0 + 2 + BOX.0;
                let from_y = lines[parent] * STEP.1 + 2 + BOX.1 / 2;
                let (to_y, middle) = (y + BOX.1 / 2, (from_x + x) / 2);
                let _ = write!(
                    shapes,
                    "<path d=\"M{from_x} {from_y} H{middle} V{to_y} H{x}\" \
                     fill=\"none\" stroke=\"currentColor\"/>"
                );
            }
            self.draw(&mut shapes, row, x, y);
        }
        let deepest = (0..rows).map(|row| self.depth(row)).max().unwrap_or(0);
        let last = lines.iter().max().copied().unwrap_or(0);
        let (width, height) =
            (deepest * STEP.0 + BOX.0 + 4, last * STEP.1 + BOX.1 + 4);
        let label = escape(&self.summary());
        format!(
            "<svg role=\"img\" aria-label=\"{label}\" width=\"{width}\" \
             viewBox=\"0 0 {width} {height}\" style=\"display:block;\
             max-width:100%;font-family:monospace;font-size:12px\" \
             fill=\"currentColor\">{shapes}</svg>"
        )
    }

    /// On which line of the picture each row stands: a first child stands
    /// beside its parent, every other one below all that is before it.
    fn lines(&self, rows: usize) -> Vec<usize> {
        let mut lines: Vec<usize> = Vec::with_capacity(rows);
        for row in 0..rows {
            let line = match (row, self.parent_of(row)) {
                (0, _) => 0,
                (_, Some(parent)) if parent + 1 == row => lines[row - 1],
                _ => lines[row - 1] + 1,
            };
            lines.push(line);
        }
        lines
    }

    fn draw(&self, shapes: &mut String, row: usize, x: usize, y: usize) {
        let process = &self.processes[row];
        let (title, details) =
            (escape(&process.title()), escape(&process.details()));
        let (dashes, opacity) = match process.zombie {
            true => (" stroke-dasharray=\"4 3\"", " opacity=\"0.6\""),
            false => ("", ""),
        };
        let (width, height) = BOX;
        let (text, above, below) = (x + 8, y + 14, y + 28);
        let _ = write!(
            shapes,
            "<g{opacity}><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" \
             height=\"{height}\" rx=\"5\" fill=\"none\" \
             stroke=\"currentColor\"{dashes}/>\
             <text x=\"{text}\" y=\"{above}\" font-weight=\"bold\">{title}\
             </text><text x=\"{text}\" y=\"{below}\" font-size=\"12\">\
             {details}</text>"
        );
        if !process.listening.is_empty() {
            let (dot, middle) = (x + width - 12, y + 12);
            let _ = write!(
                shapes,
                "<circle cx=\"{dot}\" cy=\"{middle}\" r=\"5\"/>"
            );
        }
        shapes.push_str("</g>");
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use nix::unistd::Pid;

    use super::*;
    use crate::process::ProcessInfo;

    fn process(pid: i32, parent: i32) -> ProcessInfo {
        ProcessInfo {
            pid: Pid::from_raw(pid),
            parent: Pid::from_raw(parent),
            command: "<img>".to_owned(),
            role: None,
            state: "ждёт",
            zombie: false,
            listening: Vec::new(),
            connections: Vec::new(),
        }
    }

    #[test]
    fn zombie_and_listener_are_marked_and_markup_is_text() {
        let mut root = process(1, 0);
        root.listening.push(SocketAddr::from(([127, 0, 0, 1], 80)));
        let mut child = process(2, 1);
        child.zombie = true;
        let processes = vec![root, child];
        let picture = ProcessTree { processes }.picture();
        assert_eq!(picture.matches("stroke-dasharray").count(), 1);
        assert_eq!(picture.matches("<circle").count(), 1);
        assert_eq!(picture.matches("<path").count(), 1);
        assert!(!picture.contains("<img") && !picture.contains("<style"));
    }

    #[test]
    fn first_child_stands_beside_its_parent_and_siblings_below() {
        let pairs = [(1, 0), (2, 1), (3, 2), (4, 2), (5, 1)];
        let processes = pairs.map(|(pid, parent)| process(pid, parent)).into();
        let tree = ProcessTree { processes };
        assert_eq!(tree.lines(5), [0, 0, 0, 1, 2]);
        let text = tree.to_string();
        let branches = ["1 ", "├─ 2 ", "│  ├─ 3 ", "│  └─ 4 ", "└─ 5 "];
        for (line, branch) in text.lines().zip(branches) {
            assert!(line.starts_with(branch), "{text}");
        }
    }
}
