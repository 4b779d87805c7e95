// Processes, signals and loopback addresses are used as Linux has them.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
