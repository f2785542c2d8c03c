//! Gives back the memory that a process at rest does not need.
//!
//! The kernel maps a program's file sixteen pages at a time around each that is touched, and leaves them mapped as long
//! as memory is plenty: what has read its arguments and its configuration holds most of its code, for good. Taken out of
//! the process, pages stay in the system's cache; those that are needed again come back at a touch, for about a
//! microsecond and without the disk.

use std::convert::Infallible;
use std::ops::Range;
use std::time::Duration;

use crate::process;

/// Libraries that the program is linked with, if it is not linked statically: the C library, what comes with it, the loader.
const LINKED: [&str; 4] = ["libc.so", "libm.so", "libgcc_s.so", "ld-linux"];
/// So often somebody looks whether the process rests.
const LOOK: Duration = Duration::from_secs(10);
/// Who needs no more seconds of the processor between two looks, rests.
const REST: f64 = 0.015;
/// Pages of files that are worth giving back: 1 MiB.
const WORTH: u64 = 256;

/// Gives back what the start needed, and later what a time of work did, whenever it is over.
pub async fn whenever_at_rest() -> Infallible {
    let mut used = None;
    let mut kept = 0;
    loop {
        tokio::time::sleep(LOOK).await;
        let now = process::cpu_seconds().unwrap_or(f64::MAX);
        let rests = used.is_none_or(|before| now - before < REST);
        used = Some(now);
        if let Some(pages) = file_pages()
            && rests
            && pages > kept + WORTH
        {
            give_back();
            kept = file_pages().unwrap_or(pages);
        }
    }
}

/// Resident pages that files are mapped to, where the system tells.
fn file_pages() -> Option<u64> {
    let all = std::fs::read_to_string("/proc/self/statm").ok()?;
    all.split_whitespace().nth(2)?.parse().ok()
}

/// Drops the pages of the program and of its libraries that are as their files have them. Does nothing where the system
/// does not tell which those are.
fn give_back() {
    #[cfg(target_os = "linux")]
    if let (Ok(smaps), Ok(program)) = (
        std::fs::read_to_string("/proc/self/smaps"),
        std::fs::read_link("/proc/self/exe"),
    ) {
        let program = program.to_string_lossy();
        for pages in untouched(&smaps, &program) {
            drop_pages(pages);
        }
    }
}

/// The one use of `unsafe` in our crates: see docs/adr/0027-pages-given-back.md.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn drop_pages(pages: Range<usize>) {
    use rustix::mm::{Advice, madvise};
    let start = std::ptr::with_exposed_provenance_mut(pages.start);
    // SAFETY: the whole range is a private mapping of a file that nobody may write to and nobody has written to (not even
    // the loader: then it would have pages of its own). Each dropped page is read from the same file at the next access,
    // with the same content; the file of a running program is not written to, and if it were, the mapped pages would have
    // changed as well. The program and the libraries it is linked with stay mapped as long as the process lives, so the
    // range can't have become another mapping since it was listed. No Rust object lies in it but constants.
    // An error means that nothing was dropped.
    let _ = unsafe { madvise(start, pages.len(), Advice::LinuxDontNeed) };
}

/// The mappings of the program and its libraries that are exactly what their files are.
fn untouched(smaps: &str, program: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut current = None;
    for line in smaps.lines() {
        if let Some(mapping) = mapping(line) {
            current = mapping.of_file(program);
        } else if line.split_whitespace().eq(["Anonymous:", "0", "kB"]) {
            found.extend(current.take());
        }
    }
    found
}

/// The first line of what is told of a mapping.
struct Mapping<'a> {
    pages: Range<usize>,
    rights: &'a str,
    file: &'a str,
}

fn mapping(line: &str) -> Option<Mapping<'_>> {
    // Addresses, rights, offset, device, inode, and a name that may have spaces.
    let mut fields = line.splitn(6, ' ');
    let (start, end) = fields.next()?.split_once('-')?;
    let address = |text| usize::from_str_radix(text, 16).ok();
    Some(Mapping {
        pages: address(start)?..address(end)?,
        rights: fields.next()?,
        file: fields.nth(3).unwrap_or_default().trim_start(),
    })
}

impl Mapping<'_> {
    /// Its pages, if nobody may write to them and they stay for the life of the process.
    fn of_file(&self, program: &str) -> Option<Range<usize>> {
        let name = self.file.rsplit('/').next().unwrap_or_default();
        let linked = self.file.starts_with('/') && LINKED.iter().any(|library| name.starts_with(library));
        let constant = matches!(self.rights, "r--p" | "r-xp");
        (constant && (self.file == program || linked)).then(|| self.pages.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = "/opt/a program/perijove";

    fn told(rights: &str, file: &str, own: usize) -> usize {
        let smaps = format!(
            "55d0c8a00000-55d0c8a10000 {rights} 005cf000 fe:00 10027032                   {file}\n\
             Size:               64 kB\nRss:                64 kB\nPrivate_Dirty:       0 kB\n\
             Anonymous:        {own:4} kB\nVmFlags: rd ex mr mw me\n"
        );
        let found = untouched(&smaps, PROGRAM);
        assert!(found.iter().all(|pages| *pages == (0x55d0_c8a0_0000..0x55d0_c8a1_0000)));
        found.len()
    }

    #[test]
    fn only_what_the_file_has_as_well_is_dropped() {
        assert_eq!(told("r-xp", PROGRAM, 0), 1);
        assert_eq!(told("r--p", PROGRAM, 0), 1);
        assert_eq!(told("r-xp", "/usr/lib/x86_64-linux-gnu/libc.so.6", 0), 1);
        assert_eq!(told("r-xp", "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", 0), 1);
        // What the loader has filled in, a breakpoint, data.
        assert_eq!(told("r--p", PROGRAM, 788), 0);
        assert_eq!(told("r-xp", PROGRAM, 4), 0);
        assert_eq!(told("rw-p", PROGRAM, 0), 0);
        assert_eq!(told("r--s", PROGRAM, 0), 0);
        // What may be unmapped at any moment.
        assert_eq!(told("r--p", "/var/lib/perijove/hub.sqlite", 0), 0);
        assert_eq!(told("r-xp", "/usr/lib/x86_64-linux-gnu/libnss_dns.so.2", 0), 0);
        assert_eq!(told("r-xp", "[vdso]", 0), 0);
        assert_eq!(told("r--p", "", 0), 0);
    }

    #[test]
    fn each_mapping_is_looked_at_by_itself() {
        let smaps = format!(
            "1000-2000 r-xp 0 fe:00 1 {PROGRAM}\nAnonymous: 4 kB\n\
             3000-4000 rw-p 0 00:00 0 \nAnonymous: 0 kB\n\
             5000-6000 r-xp 0 fe:00 1 {PROGRAM}\nAnonymous: 0 kB\nAnonymous: 0 kB\n"
        );
        assert_eq!(untouched(&smaps, PROGRAM), vec![0x5000..0x6000]);
    }

    /// Everything goes on, with the pages as they were.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_was_dropped_comes_back() {
        let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let program = std::fs::read_link("/proc/self/exe").unwrap();
        assert!(!untouched(&smaps, &program.to_string_lossy()).is_empty(), "{smaps}");
        let text = include_str!("shed.rs");
        let before: u64 = text.bytes().map(u64::from).sum();
        give_back();
        let after: u64 = text.bytes().map(u64::from).sum();
        assert_eq!(before, after);
    }
}
