using System.CommandLine;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.CollateralSupply.Bundles;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Collaterals;

/// <summary>Names a bundle on the command line and reads it.</summary>
internal static class BundleArgument
{
    public static Argument<string> Create() => new("bundle") { Description = "The bundle: a file, or a folder with an index." };

    public static CollateralBundle Read(string path) => BundlePath.TryRead(path, out CollateralBundle? bundle, out Refusal? refusal)
        ? bundle : throw new CommandRefusedException(refusal.Reason, $"'{path}': {refusal.Message}");
}
