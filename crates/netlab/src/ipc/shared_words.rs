//! Both sides of a conversation in shared words, wherever the words lie.
//!
//! A shared memory and a mapped file differ in where the pages come from. Then
//! they are loaded and stored alike, and that part is here, once for
//! `shared_memory.rs` and `mmap.rs`. What runs in the child does not allocate.

use std::io;
use std::sync::atomic::Ordering::{Acquire, Release};

use super::measured::Measured;
use super::partner::{Partner, spin_until};
use super::rounds::{
    OVER, PING, PONG, Rounds, expect_pong, from_word, is_ping, to_word,
};
use super::shared_memory::Mapping;
use super::volume::{CHUNK, Volume};

/// How often a side looks before it calls `sched_yield(2)`. The other side, if
/// it runs on a core of its own, answers within the first few.
const LOOKS: u32 = 100;

/// How many pieces may be under way: one side fills the next slot while the
/// other one empties the last.
const SLOTS: usize = 4;

/// A cache line in words. The words that both sides look at lie in lines of
/// their own, or the pieces beside them would take the line away.
const LINE: usize = 8;

/// Where the pieces begin; before them is a line of length for each slot.
const PIECES: usize = SLOTS * LINE;

const CHUNK_WORDS: usize = CHUNK / 8;

/// How many words all of this needs.
pub(super) const WORDS: usize = PIECES + SLOTS * CHUNK_WORDS;

/// The length of a slot that is free.
const FREE: u64 = 0;
/// The length that says that there is no more to come.
const END: u64 = u64::MAX;

/// The parent of a ping-pong. Message and turn are one and the same word.
pub(super) fn ask(
    child: &Partner,
    memory: &Mapping,
    rounds: Rounds,
    mechanism: &'static str,
) -> io::Result<Measured> {
    let word = &memory[0];
    let ping = to_word(PING);
    let measured = rounds.run(mechanism, || {
        word.store(ping, Release);
        let reply = child.spin_until(LOOKS, || {
            Ok(Some(word.load(Acquire)).filter(|word| *word != ping))
        })?;
        expect_pong(from_word(reply))
    })?;
    word.store(to_word(OVER), Release);
    Ok(measured)
}

/// The child of a ping-pong.
pub(super) fn answer(memory: &Mapping) -> io::Result<()> {
    let word = &memory[0];
    let mut last = FREE;
    loop {
        let message = spin_until(
            LOOKS,
            || Ok(Some(word.load(Acquire)).filter(|word| *word != last)),
            || Ok(()),
        )?;
        if !is_ping(from_word(message))? {
            return Ok(());
        }
        last = to_word(PONG);
        word.store(last, Release);
    }
}

/// The parent of a stream.
pub(super) fn send(
    child: &Partner,
    memory: &Mapping,
    volume: Volume,
    mechanism: &'static str,
) -> io::Result<Measured> {
    let mut slots = (0..SLOTS).cycle();
    let mut next_free = |child: &Partner| {
        let slot = slots.next().unwrap_or_default();
        child.spin_until(LOOKS, || {
            let length = memory[slot * LINE].load(Acquire);
            Ok((length == FREE).then_some(slot))
        })
    };
    let sent = volume.send(|piece| {
        let slot = next_free(child)?;
        memory.copy_in(PIECES + slot * CHUNK_WORDS, piece);
        // Release: who sees the length sees the bytes.
        memory[slot * LINE].store(piece.len() as u64, Release);
        Ok(())
    })?;
    let last = next_free(child)?;
    memory[last * LINE].store(END, Release);
    // The answer comes in the line of that slot, in its second word.
    child.spin_until(LOOKS, || {
        let length = memory[last * LINE].load(Acquire);
        Ok((length == FREE).then_some(()))
    })?;
    sent.confirmed(mechanism, memory[last * LINE + 1].load(Acquire))
}

/// The child of a stream.
pub(super) fn count(memory: &Mapping) -> io::Result<()> {
    let mut buffer = [0; CHUNK];
    let mut arrived = 0_u64;
    for slot in (0..SLOTS).cycle() {
        let length = &memory[slot * LINE];
        let filled = || Some(length.load(Acquire)).filter(|n| *n != FREE);
        match spin_until(LOOKS, || Ok(filled()), || Ok(()))? {
            END => {
                memory[slot * LINE + 1].store(arrived, Release);
                length.store(FREE, Release);
                break;
            }
            n => {
                // Lossless: at most a chunk.
                let piece = &mut buffer[..n as usize];
                memory.copy_out(PIECES + slot * CHUNK_WORDS, piece);
                std::hint::black_box(&buffer);
                arrived += n;
                length.store(FREE, Release);
            }
        }
    }
    Ok(())
}
