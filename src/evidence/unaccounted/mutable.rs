//! Files of Windows that no manifest lists and that are there all the same: what Windows writes as it is installed and runs.
//! A program is none of them, unless the place is one of programs.

/// Folders below that of Windows, and whether programs belong there too.
const FOLDERS: &[(&str, bool)] = &[
    ("WinSxS", true), // the store itself: rules of its own judge what is in it
    ("System32\\DriverStore\\FileRepository", true), // driver packages: their catalogs are judged
    ("assembly", true), // native images of .NET, made on each PC, and its global cache
    ("Microsoft.NET\\assembly", true), // the global cache of .NET 4
    ("SystemApps", true), // apps: signed with a block map of their own
    ("InfusedApps", true), // apps that are installed for each user
    ("servicing", false), // packages, sessions and updates of the servicing stack
    ("System32\\CatRoot", false), // catalogs of packages
    ("System32\\catroot2", false), // the index of the catalogs
    ("System32\\DriverStore", false), // the index of the driver packages
    ("INF", false),   // added .inf, compiled ones, logs of device installation
    ("System32\\config", false), // registry hives and their logs
    ("ServiceProfiles", false), // profiles of services
    ("System32\\Tasks", false), // scheduled tasks
    ("System32\\wbem\\Repository", false), // the repository of WMI
    ("System32\\wbem\\AutoRecover", false), // compiled classes of WMI
    ("System32\\spp\\store", false), // state of activation
    ("System32\\SMI", false), // settings that servicing collects
    ("System32\\Microsoft\\Protect", false), // keys of the computer
    ("System32\\LogFiles", false), // logs
    ("System32\\WDI", false), // logs of diagnosis
    ("System32\\sru", false), // use of resources
    ("System32\\winevt\\Logs", false), // event logs
    ("System32\\Sysprep\\Panther", false), // logs of sysprep
    ("Logs", false),  // logs
    ("Panther", false), // logs of setup
    ("debug", false), // logs
    ("Performance", false), // results of WinSAT
    ("Prefetch", false), // traces of starts
    ("SoftwareDistribution", false), // what Windows Update fetched
    ("Temp", false),  // what an installation left
    ("rescache", false), // merged resources
    ("Registration", false), // the catalog of COM+
    ("ServiceState", false), // state of services
    ("appcompat", false), // compatibility of programs
    ("AppReadiness", false), // installation of apps for users
    ("LiveKernelReports", false), // memory dumps
    ("Minidump", false), // memory dumps
    ("CSC", false),   // files for use without network
    ("WaaS", false),  // state of updates
    ("Setup\\State", false), // state of setup
];

/// Endings of such files in any folder.
const ENDINGS: &[&str] = &[
    ".log",                 // logs
    ".etl",                 // traces
    ".evtx",                // event logs
    ".pnf",                 // compiled .inf
    ".blf",                 // transaction logs of hives
    ".regtrans-ms",         // the same
    ".dmp",                 // memory dumps
    "bootstat.dat",         // state of the last start
    "fntcache.dat",         // the cache of fonts
    "perfc009.dat",         // names of performance counters, made of .ini files
    "perfh009.dat",         // the same
    "perfstringbackup.ini", // the same
];

/// Folders, and whether programs belong there.
pub(super) fn folders() -> impl Iterator<Item = (&'static str, bool)> {
    FOLDERS.iter().copied()
}

/// Whether a file is one by its name, in lower case.
pub(super) fn is_by_name(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}
