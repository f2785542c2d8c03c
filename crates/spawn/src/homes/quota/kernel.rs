//! The kernel's three calls for project quotas, for which there is no library: `quotactl_fd(2)`, and two `ioctl(2)` for the
//! project that a file belongs to. Nothing else in here, and nothing else of Perijove calls the kernel by itself.
#![expect(unsafe_code, reason = "calls that neither the standard library nor rustix has")]

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use rustix::ioctl::{Getter, Setter, ioctl, opcode};

/// `struct fsxattr` of linux/fs.h.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Attributes {
    pub(super) flags: u32,
    extent_size: u32,
    extents: u32,
    pub(super) project: u32,
    copy_extent_size: u32,
    padding: [u8; 8],
}

/// `struct if_dqblk` of linux/quota.h.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Block {
    /// In KiB.
    pub(super) hard_limit: u64,
    pub(super) soft_limit: u64,
    /// In bytes.
    pub(super) space: u64,
    files_hard_limit: u64,
    files_soft_limit: u64,
    pub(super) files: u64,
    time: u64,
    files_time: u64,
    /// Which of these a call is to set.
    pub(super) valid: u32,
}

/// New files in a directory belong to its project.
pub(super) const INHERIT: u32 = 0x200;
/// Both limits of space.
pub(super) const LIMITS: u32 = 1;

const GET: libc::c_int = 0x80_0007;
const SET: libc::c_int = 0x80_0008;
const OF_PROJECTS: libc::c_int = 2;

pub(super) fn attributes(file: impl AsFd) -> io::Result<Attributes> {
    // SAFETY: FS_IOC_FSGETXATTR fills one `fsxattr` and nothing else; the type is that, and any bytes are one.
    let found = unsafe {
        ioctl(
            file,
            Getter::<{ opcode::read::<Attributes>(b'X', 31) }, Attributes>::new(),
        )
    };
    Ok(found?)
}

pub(super) fn set_attributes(file: impl AsFd, attributes: Attributes) -> io::Result<()> {
    // SAFETY: FS_IOC_FSSETXATTR reads one `fsxattr` and keeps no pointer to it.
    let set = unsafe {
        ioctl(
            file,
            Setter::<{ opcode::write::<Attributes>(b'X', 32) }, Attributes>::new(attributes),
        )
    };
    Ok(set?)
}

/// What is known of a project on the file system that this file is on.
pub(super) fn quota(file: impl AsFd, project: u32) -> io::Result<Block> {
    let mut block = Block::default();
    call(file, GET, project, &mut block)?;
    Ok(block)
}

pub(super) fn set_quota(file: impl AsFd, project: u32, mut block: Block) -> io::Result<()> {
    call(file, SET, project, &mut block)
}

fn call(file: impl AsFd, command: libc::c_int, project: u32, block: &mut Block) -> io::Result<()> {
    let (file, command) = (file.as_fd().as_raw_fd(), command << 8 | OF_PROJECTS);
    // SAFETY: with these commands the kernel reads or writes one `if_dqblk`, which `block` points to for the call's time;
    // the other arguments are numbers.
    let done = unsafe { libc::syscall(libc::SYS_quotactl_fd, file, command, project, std::ptr::from_mut(block)) };
    match done {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
