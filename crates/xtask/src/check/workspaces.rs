//! The layouts of lessons with two notebooks come from the lessons.

use std::fs;

use anyhow::{Context, Result};
use serde_json::json;

use super::{Checked, Findings, generated};
use crate::project::Project;
use crate::room::START_PAGE as SHOWN_AS;

/// Where the workspaces lie.
pub(crate) const WORKSPACES: &str = ".jupyter/workspaces";

/// How the names of their files end.
pub(crate) const ENDING: &str = ".jupyterlab-workspace";

/// The workspace of the lab itself, the only one that belongs to no lesson.
pub(crate) const LAB_ITSELF: &str = "default";

/// Checks that each pair has its layout, or writes it.
pub(super) fn check(
    project: &Project,
    course: &[Checked],
    fix: bool,
    findings: &mut Findings,
) -> Result<()> {
    let mut known = vec![format!("{LAB_ITSELF}{ENDING}")];
    for (lesson, _) in course {
        let Some(client) = lesson.client_file() else {
            continue;
        };
        let name = format!("{}{ENDING}", lesson.stem);
        let fresh = pair(&lesson.stem, &lesson.server_file(), &client);
        let file = format!("{WORKSPACES}/{name}");
        generated(project, &file, &fresh, fix, findings)?;
        known.push(name);
    }
    for entry in fs::read_dir(project.path(WORKSPACES))
        .with_context(|| format!("can't read {WORKSPACES}"))?
    {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !known.contains(&name) {
            let file = format!("{WORKSPACES}/{name}");
            findings.add(&file, "belongs to no lesson with a client");
        }
    }
    Ok(())
}

/// Server and client notebook beside each other, nothing else in the way; the
/// start page is a tab behind the server notebook.
fn pair(id: &str, server: &str, client: &str) -> String {
    let [server, client] =
        [server, client].map(|file| format!("notebooks/{file}"));
    let start_page = format!("markdownviewer-widget:{SHOWN_AS}");
    let [server_tab, client_tab] =
        [&server, &client].map(|path| format!("notebook:{path}"));
    let side = json!({"collapsed": true, "visible": true});
    let mut workspace = json!({
        "metadata": {"id": id},
        "data": {
            "layout-restorer:data": {
                "main": {
                    "dock": {
                        "type": "split-area",
                        "orientation": "horizontal",
                        "sizes": [0.5, 0.5],
                        "children": [
                            {
                                "type": "tab-area",
                                "currentIndex": 1,
                                "widgets": [start_page, server_tab],
                            },
                            {
                                "type": "tab-area",
                                "currentIndex": 0,
                                "widgets": [client_tab],
                            },
                        ],
                    },
                    "current": server_tab,
                },
                "left": side,
                "right": side,
            },
        },
    });
    let data = &mut workspace["data"];
    data[start_page] =
        json!({"data": {"path": SHOWN_AS, "factory": "Markdown Preview"}});
    for (tab, path) in [(server_tab, server), (client_tab, client)] {
        data[tab] = json!({"data": {"path": path, "factory": "Notebook"}});
    }
    format!("{workspace:#}\n")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::lessons::Lesson;

    #[test]
    fn server_is_on_the_left_and_in_front() {
        let text = pair("01-a", "01-a.ipynb", "01-a-client.ipynb");
        let workspace: Value = serde_json::from_str(&text).unwrap();
        let dock = &workspace["data"]["layout-restorer:data"]["main"]["dock"];
        let in_front =
            dock["children"].as_array().unwrap().iter().map(|side| {
                let current = side["currentIndex"].as_u64().unwrap() as usize;
                side["widgets"][current].as_str().unwrap()
            });
        assert_eq!(
            in_front.collect::<Vec<_>>(),
            [
                "notebook:notebooks/01-a.ipynb",
                "notebook:notebooks/01-a-client.ipynb",
            ]
        );
    }

    #[test]
    fn stale_and_stray_layouts_are_found() {
        let directory = tempfile::TempDir::new().unwrap();
        let project = Project::at(directory.path().to_path_buf());
        fs::create_dir_all(project.path(WORKSPACES)).unwrap();
        let stray = format!("{WORKSPACES}/07-gone{ENDING}");
        fs::write(project.path(&stray), "{}").unwrap();
        let lesson = Lesson {
            stem: "01-a".to_owned(),
            has_client: true,
        };
        let course = [(lesson, Vec::new())];
        let files = |fix| {
            let mut findings = Findings::default();
            check(&project, &course, fix, &mut findings).unwrap();
            findings
                .0
                .into_iter()
                .map(|found| found.file)
                .collect::<Vec<_>>()
        };
        let own = format!("{WORKSPACES}/01-a{ENDING}");
        assert_eq!(files(false), [own.as_str(), stray.as_str()]);
        // What belongs to nobody is for a person to remove.
        assert_eq!(files(true), [stray.as_str()]);
        assert_eq!(files(false), [stray.as_str()]);
    }
}
