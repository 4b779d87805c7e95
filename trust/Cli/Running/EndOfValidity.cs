using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Running;

/// <summary>Reads the two ways of saying when something ends.</summary>
internal static class EndOfValidity
{
    private const int MostDays = 3650;

    public static DateTimeOffset Of(DateTimeOffset? notAfter, int? days, DateTimeOffset now)
    {
        if (notAfter is null == days is null || days is < 1 or > MostDays)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, $"Give either --not-after or --valid-days, and at most {MostDays} days.");
        }

        DateTimeOffset end = notAfter?.ToUniversalTime() ?? now.AddDays(days!.Value);
        return end > now ? DateTimeOffset.FromUnixTimeSeconds(end.ToUnixTimeSeconds())
            : throw new CommandRefusedException(RefusalReason.Malformed, $"--not-after is {end:u}, which has passed.");
    }
}
