use tempfile::TempDir;

use super::*;
use crate::lessons;

const DATE: &str = "2026-11-22-0453";

const NOTEBOOK: &str =
    r#"{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}"#;

/// The same with an edit.
const MINE: &str = r#"{"nbformat": 4, "nbformat_minor": 5,
    "metadata": {"title": "mine"}, "cells": []}"#;

/// A clone with one lesson of two notebooks.
fn clone() -> (TempDir, Project) {
    let directory = TempDir::new().unwrap();
    // The real path, as the kernel will ask for it.
    let root = directory.path().canonicalize().unwrap();
    for path in ["notebooks", "pics", "styles", "crates/netlab", ".jupyter"] {
        fs::create_dir_all(root.join(path)).unwrap();
    }
    for (path, text) in [
        ("notebooks/01-sockets.ipynb", NOTEBOOK),
        ("notebooks/01-sockets-client.ipynb", NOTEBOOK),
        ("notebooks/rise.css", ""),
        ("notebooks/README.md", "# For writers\n"),
        ("pics/01-queue.svg", "<svg/>"),
        (crate::check::START_PAGE, "# Занятия\n"),
    ] {
        fs::write(root.join(path), text).unwrap();
    }
    (directory, Project::at(root))
}

#[test]
fn relative_paths_of_a_lesson_hold_in_both_rooms() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    for notebooks in [Notebooks::Mine, Notebooks::Course] {
        let room = Room::of(&project, notebooks);
        room.prepare(&lessons, DATE).unwrap();
        // A kernel that is started in the room of the course runs in the real
        // directory.
        let beside = room.root().join("notebooks").canonicalize().unwrap();
        assert_eq!(beside, room.notebooks());
        assert_eq!(
            beside.join("../crates/netlab").canonicalize().unwrap(),
            project.path("crates/netlab"),
            "cargo must see one helper crate"
        );
        assert!(beside.join("../pics/01-queue.svg").is_file());
        assert!(beside.join("rise.css").is_file());
        assert!(room.root().join(START_PAGE).is_file());
    }
}

#[test]
fn student_sees_nothing_that_is_for_writers() {
    let (_directory, project) = clone();
    fs::create_dir(project.notebooks().join("solutions")).unwrap();
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    room.prepare(&lessons, DATE).unwrap();
    for name in ["README.md", "solutions"] {
        assert!(!room.notebooks().join(name).exists(), "{name}");
    }
}

#[test]
fn work_in_the_working_room_changes_no_tracked_notebook() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    room.prepare(&lessons, DATE).unwrap();
    let copy = room.notebooks().join("01-sockets.ipynb");
    fs::write(copy, "edited").unwrap();
    let tracked = project.notebooks().join("01-sockets.ipynb");
    assert_eq!(fs::read_to_string(tracked).unwrap(), NOTEBOOK);
}

#[test]
fn work_in_the_room_of_the_course_changes_the_tracked_notebook() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Course);
    room.prepare(&lessons, DATE).unwrap();
    let opened = room.root().join("notebooks/01-sockets.ipynb");
    fs::write(opened, "edited").unwrap();
    let tracked = project.notebooks().join("01-sockets.ipynb");
    assert_eq!(fs::read_to_string(tracked).unwrap(), "edited");
}

#[test]
fn preparing_again_keeps_edits_and_files_of_the_student() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    room.prepare(&lessons, DATE).unwrap();
    for name in ["01-sockets.ipynb", "заметки.md"] {
        fs::write(room.notebooks().join(name), "mine").unwrap();
    }
    room.prepare(&lessons, DATE).unwrap();
    for name in ["01-sockets.ipynb", "заметки.md"] {
        let text = fs::read_to_string(room.notebooks().join(name)).unwrap();
        assert_eq!(text, "mine");
    }
}

#[test]
fn reset_brings_both_notebooks_of_a_lesson_back() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    room.prepare(&lessons, DATE).unwrap();
    for file in lessons[0].files() {
        fs::write(room.notebooks().join(file), MINE).unwrap();
    }
    room.reset(&lessons[0], DATE).unwrap();
    for file in lessons[0].files() {
        let copy = fs::read_to_string(room.notebooks().join(&file)).unwrap();
        assert_eq!(copy, NOTEBOOK);
    }
    assert!(
        room.notebooks()
            .join("01-sockets-client-2026-11-22-0453.ipynb")
            .is_file()
    );
}

#[test]
fn lesson_that_was_made_anew_takes_the_place_of_an_edited_copy() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    room.prepare(&lessons, DATE).unwrap();
    let copy = room.notebooks().join("01-sockets.ipynb");
    fs::write(&copy, MINE).unwrap();
    let anew = NOTEBOOK.replace(
        "\"metadata\": {}",
        r#""metadata": {"netlab": {"edition": 2}}"#,
    );
    fs::write(project.notebooks().join("01-sockets.ipynb"), &anew).unwrap();
    room.prepare(&lessons, DATE).unwrap();
    assert_eq!(fs::read_to_string(copy).unwrap(), anew);
    let aside = room.notebooks().join(format!("01-sockets-{DATE}.ipynb"));
    assert_eq!(fs::read_to_string(aside).unwrap(), MINE);
}

const LECTURE: &str = "01-sockets.ipynb";
const CLIENT: &str = "01-sockets-client.ipynb";

#[test]
fn unreadable_copy_is_found_and_the_start_page_does_not_lead_there() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    let page = format!("# Занятия\n<a href=\"notebooks/{LECTURE}\">…</a>\n");
    fs::write(project.path(crate::check::START_PAGE), &page).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    assert!(room.prepare(&lessons, DATE).unwrap().is_empty());
    for broken in [&b""[..], b"<<<<<<< HEAD\n{}", b"\xff", b"[]"] {
        fs::write(room.notebooks().join(LECTURE), broken).unwrap();
        // Whether the lab runs already or is about to start.
        assert_eq!(room.complete(&lessons, DATE).unwrap(), [LECTURE]);
        assert_eq!(room.prepare(&lessons, DATE).unwrap(), [LECTURE]);
        let shown = fs::read_to_string(room.root().join(START_PAGE)).unwrap();
        assert!(!shown.contains("href"), "{shown}");
        assert!(shown.contains("`cargo lab reset 01`"), "{shown}");
        room.reset(&lessons[0], DATE).unwrap();
        let shown = fs::read_to_string(room.root().join(START_PAGE)).unwrap();
        assert_eq!(shown, page);
    }
}

#[test]
fn unreadable_copy_stays_beside_the_lesson_byte_for_byte() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    room.prepare(&lessons, DATE).unwrap();
    fs::write(room.notebooks().join(LECTURE), b"{\xff half").unwrap();
    room.reset(&lessons[0], DATE).unwrap();
    // As a text: JupyterLab could not open it as a notebook.
    let aside = format!("01-sockets-{DATE}.ipynb.txt");
    let aside = fs::read(room.notebooks().join(aside)).unwrap();
    assert_eq!(aside, b"{\xff half");
    let copy = fs::read_to_string(room.notebooks().join(LECTURE)).unwrap();
    assert_eq!(copy, NOTEBOOK);
}

#[test]
fn directory_in_place_of_a_copy_is_told_and_reset() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    room.prepare(&lessons, DATE).unwrap();
    let copy = room.notebooks().join(LECTURE);
    fs::remove_file(&copy).unwrap();
    fs::create_dir(&copy).unwrap();
    fs::write(copy.join("found"), "somebody's").unwrap();
    // The other notebooks can be opened all the same.
    assert_eq!(room.complete(&lessons, DATE).unwrap(), [LECTURE]);
    assert_eq!(room.prepare(&lessons, DATE).unwrap(), [LECTURE]);
    room.reset(&lessons[0], DATE).unwrap();
    assert_eq!(fs::read_to_string(copy).unwrap(), NOTEBOOK);
    let aside = format!("01-sockets-{DATE}.ipynb.txt/found");
    let found = fs::read_to_string(room.notebooks().join(aside)).unwrap();
    assert_eq!(found, "somebody's");
}

#[test]
fn unreadable_notebook_of_the_course_spoils_no_copy() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    room.prepare(&lessons, DATE).unwrap();
    fs::remove_file(room.notebooks().join(CLIENT)).unwrap();
    for file in [LECTURE, CLIENT] {
        fs::write(project.notebooks().join(file), "<<<<<<< HEAD\n").unwrap();
    }
    assert_eq!(room.prepare(&lessons, DATE).unwrap(), [CLIENT]);
    let copy = room.notebooks().join(LECTURE);
    assert_eq!(fs::read_to_string(&copy).unwrap(), NOTEBOOK);
    assert!(!room.notebooks().join(CLIENT).exists());
    let refused = room.reset(&lessons[0], DATE).unwrap_err().to_string();
    assert!(refused.contains("git checkout HEAD"), "{refused}");
    assert_eq!(fs::read_to_string(copy).unwrap(), NOTEBOOK);

    let course = Room::of(&project, Notebooks::Course);
    let unreadable = course.prepare(&lessons, DATE).unwrap();
    assert_eq!(unreadable, [LECTURE, CLIENT]);
}

#[test]
fn room_that_is_open_gets_what_is_missing_and_keeps_the_rest() {
    let (_directory, project) = clone();
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    room.prepare(&lessons, DATE).unwrap();
    fs::remove_file(room.notebooks().join(CLIENT)).unwrap();
    fs::write(project.notebooks().join(LECTURE), MINE).unwrap();
    room.complete(&lessons, DATE).unwrap();
    let [lecture, client] = [LECTURE, CLIENT]
        .map(|file| fs::read_to_string(room.notebooks().join(file)).unwrap());
    assert_eq!(lecture, NOTEBOOK, "JupyterLab has it open");
    assert_eq!(client, NOTEBOOK);
}

#[test]
fn desk_at_another_place_leads_to_the_same_clone() {
    let (_directory, project) = clone();
    let desk = TempDir::new().unwrap();
    let project = project.with_desk(desk.path());
    let lessons = lessons::all(&project).unwrap();
    let room = Room::of(&project, Notebooks::Mine);
    room.prepare(&lessons, DATE).unwrap();
    assert!(room.notebooks().join(LECTURE).starts_with(desk.path()));
    assert_eq!(
        room.notebooks()
            .join("../crates/netlab")
            .canonicalize()
            .unwrap(),
        project.path("crates/netlab"),
    );
    assert!(room.notebooks().join("rise.css").is_file());
}
