using System.Globalization;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Channel;

/// <summary>A request is good for a few minutes only: what is older may be a copy that somebody kept.</summary>
internal static class RequestDate
{
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    /// <summary>Says why a date is not accepted; null when it is.</summary>
    public static Refusal? Check(string? date, DateTimeOffset now)
    {
        bool readable = DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset given);
        return readable && (now - given).Duration() <= Tolerance ? null : new(RefusalReason.RequestDateOutOfRange, readable
            ? $"The field 'date' is more than {Tolerance.TotalSeconds:0} seconds away from the guest's clock; set the clock right."
            : "The sealed request needs a field 'date' in the form of HTTP, such as 'Sun, 06 Nov 1994 08:49:37 GMT'.");
    }
}
