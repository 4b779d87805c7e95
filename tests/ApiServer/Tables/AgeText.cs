namespace ConfidentialOperator.ApiServer.Tables;

/// <summary>Ages as kubectl writes them: two units at most, coarser with time.</summary>
internal static class AgeText
{
    public static string Of(TimeSpan age)
    {
        if (age < TimeSpan.FromSeconds(-2)) return "<invalid>";
        long seconds = Math.Max(0, (long)age.TotalSeconds);
        long minutes = seconds / 60;
        long hours = minutes / 60;
        return seconds switch
        {
            < 120 => $"{seconds}s",
            < 600 => Two(minutes, "m", seconds % 60, "s"),
            < 10_800 => $"{minutes}m",
            < 28_800 => Two(hours, "h", minutes % 60, "m"),
            < 172_800 => $"{hours}h",
            < 691_200 => Two(hours / 24, "d", hours % 24, "h"),
            < 63_072_000 => $"{hours / 24}d",
            _ => Two(hours / 24 / 365, "y", hours / 24 % 365, "d"),
        };
    }

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
