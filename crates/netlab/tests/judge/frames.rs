//! `frames`: bytes into the bodies of frames.

use netlab::judge;

fn solution(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some((body, rest)) = rest.split_at_checked(length) else {
            break;
        };
        bodies.push(body.to_vec());
        bytes = rest;
    }
    bodies
}

fn assert_mistake(function: fn(&[u8]) -> Vec<Vec<u8>>, expected: &str) {
    let verdict = judge::frames(function);
    assert_eq!(verdict.mistake(), Some(expected), "{verdict}");
}

#[test]
fn solution_passes() {
    let verdict = judge::frames(solution);
    assert!(verdict.is_passed(), "{verdict}");
}

#[test]
fn stub_is_told_of_the_length() {
    assert_mistake(|bytes| vec![bytes.to_vec()], "one-frame");
}

#[test]
fn length_begins_with_its_highest_byte() {
    assert_mistake(
        |bytes| {
            let Some((length, rest)) = bytes.split_first_chunk::<4>() else {
                return Vec::new();
            };
            let length = u32::from_le_bytes(*length) as usize;
            let body = rest.split_at_checked(length);
            body.map(|(body, _)| body.to_vec()).into_iter().collect()
        },
        "little-endian",
    );
}

#[test]
fn first_frame_is_not_the_last() {
    assert_mistake(
        |bytes| {
            let mut bodies = solution(bytes);
            bodies.truncate(1);
            bodies
        },
        "first-only",
    );
}

#[test]
fn empty_body_is_not_the_end() {
    assert_mistake(
        |bytes| {
            let bodies = solution(bytes);
            bodies
                .into_iter()
                .take_while(|body| !body.is_empty())
                .collect()
        },
        "empty-body",
    );
}

#[test]
fn body_that_is_cut_is_no_body() {
    assert_mistake(
        |mut bytes| {
            let mut bodies = Vec::new();
            while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
                let length = u32::from_be_bytes(*length) as usize;
                let (body, rest) = rest.split_at(length.min(rest.len()));
                bodies.push(body.to_vec());
                bytes = rest;
            }
            bodies
        },
        "tail",
    );
}

#[test]
fn index_out_of_range_is_a_panic() {
    assert_mistake(
        |mut bytes| {
            let mut bodies = Vec::new();
            while bytes.len() >= 4 {
                let length = u32::from_be_bytes(bytes[..4].try_into().unwrap());
                let end = 4 + length as usize;
                bodies.push(bytes[4..end].to_vec());
                bytes = &bytes[end..];
            }
            bodies
        },
        "panic",
    );
}
