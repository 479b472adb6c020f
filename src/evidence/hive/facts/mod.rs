//! What a hive says of a machine's deployments, as plain data: which system, from when, put there how, by which device.
//!
//! Every fact is optional and carries where it stood. What cannot be read is told beside the facts
//! ([`Problems`]), never in place of them. Product keys and passwords are not read: values of such names are left
//! alone, and what looks like one in another text is masked.

mod devices;
mod markers;
mod mounted;
mod os;
mod reader;
mod runs;
mod secrets;
mod setup;
mod software;
mod stamp;
mod system;

pub use devices::{Device, DeviceTimes};
pub use markers::{Data, Marker, MarkerSeen, Named, look_up};
pub use mounted::{Mounted, MountedDevice};
pub use os::OsIdentity;
pub use reader::{Found, Origin, Problem, Problems};
pub use runs::ProgramRun;
pub(super) use secrets::is_secret;
pub use setup::{Baked, Setup, SourceOs, Timer};
pub use software::{DeploymentTool, SoftwareFacts, Volume, software};
pub use stamp::LocalStamp;
pub use system::{SystemFacts, TimeZone, system};
