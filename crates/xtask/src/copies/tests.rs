use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::*;

const FILE: &str = "01-sockets.ipynb";
const DATE: &str = "2026-11-22-0453";

/// A course with one lesson, and the copies of a student.
struct Desk {
    directory: TempDir,
    copies: Copies,
}

impl Desk {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let course = directory.path().join("notebooks");
        fs::create_dir(&course).unwrap();
        let copies = Copies::new(course, directory.path().join("work"));
        let desk = Self { directory, copies };
        desk.course_says("let a = 1;");
        desk
    }

    fn course_says(&self, code: &str) {
        self.course_has(&notebook(code, None));
    }

    fn course_has(&self, text: &str) {
        let path = self.directory.path().join("notebooks").join(FILE);
        fs::write(path, text).unwrap();
    }

    fn student_saves(&self, text: &str) {
        fs::write(self.directory.path().join("work").join(FILE), text).unwrap();
    }

    fn mine(&self) -> String {
        fs::read_to_string(self.directory.path().join("work").join(FILE))
            .unwrap()
    }

    fn refresh(&self) -> Refreshed {
        self.copies.refresh(FILE, DATE).unwrap()
    }

    /// The notebooks that the student sees, in order.
    fn listing(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(self.directory.path().join("work"))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter(|name| !name.starts_with('.'))
                .collect();
        names.sort();
        names
    }
}

/// A notebook of one cell; `run` is how often it was run before it was saved.
fn notebook(code: &str, run: Option<u32>) -> String {
    let outputs = match run {
        Some(_) => {
            json!([{"output_type": "stream", "name": "stdout", "text": ["1"]}])
        }
        None => json!([]),
    };
    json!({
        "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "rust"}},
        "cells": [{
            "cell_type": "code", "id": "s1-01", "metadata": {},
            "source": [code], "execution_count": run, "outputs": outputs,
        }],
    })
    .to_string()
}

/// The notebook as an edition of its lesson.
fn edition(number: u32, notebook: &str) -> String {
    let mut notebook: serde_json::Value =
        serde_json::from_str(notebook).unwrap();
    notebook["metadata"]["netlab"]["edition"] = json!(number);
    notebook.to_string()
}

#[test]
fn first_open_makes_a_copy() {
    let desk = Desk::new();
    assert_eq!(desk.refresh(), Refreshed::Made);
    assert_eq!(desk.mine(), notebook("let a = 1;", None));
    assert_eq!(desk.refresh(), Refreshed::Current);
}

#[test]
fn edits_stay_while_the_course_stays() {
    let desk = Desk::new();
    desk.refresh();
    let edited = notebook("let a = 2;", Some(3));
    desk.student_saves(&edited);
    assert_eq!(desk.refresh(), Refreshed::Current);
    assert_eq!(desk.mine(), edited);
}

#[test]
fn untouched_copy_follows_the_course() {
    let desk = Desk::new();
    desk.refresh();
    desk.course_says("let a = 10;");
    assert_eq!(desk.refresh(), Refreshed::Updated);
    assert_eq!(desk.mine(), notebook("let a = 10;", None));
}

#[test]
fn copy_that_was_only_run_follows_the_course() {
    let desk = Desk::new();
    desk.refresh();
    desk.student_saves(&notebook("let a = 1;", Some(1)));
    desk.course_says("let a = 10;");
    assert_eq!(desk.refresh(), Refreshed::Updated);
}

#[test]
fn outputs_stay_while_the_course_stays() {
    let desk = Desk::new();
    desk.refresh();
    let was_run = notebook("let a = 1;", Some(1));
    desk.student_saves(&was_run);
    assert_eq!(desk.refresh(), Refreshed::Current);
    assert_eq!(desk.mine(), was_run);
}

#[test]
fn edits_stay_when_the_course_changes_and_it_is_said_every_time() {
    let desk = Desk::new();
    desk.refresh();
    let edited = notebook("let a = 2;", None);
    desk.student_saves(&edited);
    desk.course_says("let a = 10;");
    for _ in 0..2 {
        assert_eq!(desk.refresh(), Refreshed::Kept);
        assert_eq!(desk.mine(), edited);
    }
}

#[test]
fn edits_that_the_course_took_over_are_no_edits() {
    let desk = Desk::new();
    desk.refresh();
    desk.student_saves(&notebook("let a = 10;", None));
    desk.course_says("let a = 10;");
    assert_eq!(desk.refresh(), Refreshed::Current);
    desk.course_says("let a = 11;");
    assert_eq!(desk.refresh(), Refreshed::Updated);
}

#[test]
fn deleted_copy_comes_back() {
    let desk = Desk::new();
    desk.refresh();
    fs::remove_file(desk.directory.path().join("work").join(FILE)).unwrap();
    assert_eq!(desk.refresh(), Refreshed::Made);
}

#[test]
fn copy_without_its_origin_is_kept_unless_it_is_the_course() {
    let desk = Desk::new();
    desk.refresh();
    fs::remove_dir_all(desk.directory.path().join("work/.origins")).unwrap();
    assert_eq!(desk.refresh(), Refreshed::Current);
    fs::remove_dir_all(desk.directory.path().join("work/.origins")).unwrap();
    desk.course_says("let a = 10;");
    assert_eq!(desk.refresh(), Refreshed::Kept);
}

#[test]
fn broken_file_counts_as_edited() {
    let desk = Desk::new();
    desk.refresh();
    desk.student_saves("{ half a notebook");
    desk.course_says("let a = 10;");
    assert_eq!(desk.refresh(), Refreshed::Kept);
    let Reset::KeptAs(aside) = desk.copies.reset(FILE, DATE).unwrap() else {
        panic!("nothing was kept");
    };
    assert_eq!(fs::read_to_string(aside).unwrap(), "{ half a notebook");
    assert_eq!(desk.mine(), notebook("let a = 10;", None));
}

#[test]
fn reset_keeps_the_edits_beside_the_lesson() {
    let desk = Desk::new();
    desk.refresh();
    let edited = notebook("let a = 2;", Some(1));
    desk.student_saves(&edited);
    let Reset::KeptAs(aside) = desk.copies.reset(FILE, DATE).unwrap() else {
        panic!("nothing was kept");
    };
    assert_eq!(fs::read_to_string(&aside).unwrap(), edited);
    assert_eq!(desk.mine(), notebook("let a = 1;", None));
    assert_eq!(
        desk.listing(),
        ["01-sockets-2026-11-22-0453.ipynb", FILE],
        "and nothing else lies beside it"
    );
}

#[test]
fn second_reset_of_a_minute_keeps_both_versions() {
    let desk = Desk::new();
    desk.refresh();
    for code in ["let a = 2;", "let a = 3;"] {
        desk.student_saves(&notebook(code, None));
        desk.copies.reset(FILE, DATE).unwrap();
    }
    assert_eq!(desk.listing().len(), 3);
}

#[test]
fn reset_of_an_unedited_lesson_only_clears_its_outputs() {
    let desk = Desk::new();
    desk.refresh();
    desk.student_saves(&notebook("let a = 1;", Some(4)));
    assert_eq!(desk.copies.reset(FILE, DATE).unwrap(), Reset::Fresh);
    assert_eq!(desk.mine(), notebook("let a = 1;", None));
    assert_eq!(desk.listing(), [FILE]);
}

#[test]
fn reset_takes_the_new_version_of_the_course() {
    let desk = Desk::new();
    desk.refresh();
    desk.student_saves(&notebook("let a = 2;", None));
    desk.course_says("let a = 10;");
    desk.copies.reset(FILE, DATE).unwrap();
    assert_eq!(desk.mine(), notebook("let a = 10;", None));
    assert_eq!(desk.refresh(), Refreshed::Current);
}

#[test]
fn edits_of_another_edition_lie_beside_the_new_lesson() {
    let desk = Desk::new();
    desk.refresh();
    let edited = notebook("let a = 2;", Some(3));
    desk.student_saves(&edited);
    let remade = edition(2, &notebook("let b = 1;", None));
    desk.course_has(&remade);
    let Refreshed::Remade(aside) = desk.refresh() else {
        panic!("the old lesson stays in the way of the new one");
    };
    assert_eq!(fs::read_to_string(&aside).unwrap(), edited);
    assert_eq!(desk.mine(), remade);
    assert_eq!(desk.listing(), ["01-sockets-2026-11-22-0453.ipynb", FILE]);
    assert_eq!(desk.refresh(), Refreshed::Current, "and it is said once");
}

#[test]
fn untouched_copy_of_another_edition_just_follows() {
    let desk = Desk::new();
    desk.refresh();
    desk.student_saves(&notebook("let a = 1;", Some(3)));
    desk.course_has(&edition(2, &notebook("let b = 1;", None)));
    assert_eq!(desk.refresh(), Refreshed::Updated);
    assert_eq!(desk.listing(), [FILE]);
}

#[test]
fn edits_stay_within_an_edition() {
    let desk = Desk::new();
    desk.course_has(&edition(2, &notebook("let a = 1;", None)));
    desk.refresh();
    desk.student_saves(&edition(2, &notebook("let a = 2;", None)));
    desk.course_has(&edition(2, &notebook("let a = 10;", None)));
    assert_eq!(desk.refresh(), Refreshed::Kept);
}

#[test]
fn edition_counts_as_the_course_said_it_not_as_a_student_edits_it() {
    let desk = Desk::new();
    desk.refresh();
    desk.student_saves(&edition(7, &notebook("let a = 2;", None)));
    desk.course_says("let a = 10;");
    assert_eq!(desk.refresh(), Refreshed::Kept);
}

#[test]
fn copy_without_its_origin_tells_its_edition_itself() {
    let desk = Desk::new();
    desk.refresh();
    desk.student_saves(&notebook("let a = 2;", None));
    fs::remove_dir_all(desk.directory.path().join("work/.origins")).unwrap();
    desk.course_has(&edition(2, &notebook("let b = 1;", None)));
    assert!(matches!(desk.refresh(), Refreshed::Remade(_)));
}
