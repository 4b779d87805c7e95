using System.Globalization;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Models;

/// <summary>
/// How many virtual CPUs Kata gives a guest, on which a launch measurement depends: those of the annotation, or one without it, and those of the containers'
/// limits together, rounded up.
/// </summary>
internal static class GuestProcessors
{
    private const string Annotation = "io.katacontainers.config.hypervisor.default_vcpus";
    private const int Default = 1;

    public static int Count(JsonObject template)
    {
        int standard = int.TryParse(template["metadata"]?["annotations"]?[Annotation]?.GetValue<string>(), out int given) ? given : Default;
        decimal limits = template["spec"]!["containers"]!.AsArray().Sum(container => Processors(container!["resources"]?["limits"]?["cpu"]?.GetValue<string>() ?? "0"));
        return standard + (int)Math.Ceiling(limits);
    }

    private static decimal Processors(string quantity)
    {
        bool isThousandths = quantity.EndsWith('m');
        return decimal.TryParse(isThousandths ? quantity.AsSpan(..^1) : quantity, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            ? isThousandths ? number / 1000 : number
            : throw new CommandRefusedException(RefusalReason.SpecInvalid, $"The processors '{quantity}' are not a number or thousandths.");
    }
}
