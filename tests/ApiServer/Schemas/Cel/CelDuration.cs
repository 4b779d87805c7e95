using System.Globalization;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>250ms</c>.</summary>
internal static partial class CelDuration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        Match match = Whole().Match(text);
        if (!match.Success || text.Length == 0) return text == "0";
        foreach (Match part in Part().Matches(text))
        {
            double number = double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture);
            duration += TimeSpan.FromMilliseconds(number * Unit(part.Groups[2].Value));
        }

        if (text.StartsWith('-')) duration = -duration;
        return true;
    }

    private static double Unit(string name) => name switch
    {
        "h" => 3600000,
        "m" => 60000,
        "s" => 1000,
        "ms" => 1,
        "us" or "µs" => 0.001,
        _ => 0.000001,
    };

    [GeneratedRegex(@"^-?(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)")]
    private static partial Regex Part();
}
