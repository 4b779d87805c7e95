using System.Runtime.CompilerServices;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Endpoints;

/// <summary>Reads the data of server-sent events as they arrive.</summary>
internal static class EventStream
{
    private const int LongestLine = 1024 * 1024;
    private const string Data = "data:";

    public static async IAsyncEnumerable<string> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.Length > LongestLine)
            {
                throw new CommandRefusedException(RefusalReason.TooLarge, $"An event of the answer has more than {LongestLine} characters.");
            }

            if (line.StartsWith(Data, StringComparison.Ordinal))
            {
                yield return line[Data.Length..].TrimStart(' ');
            }
        }
    }
}
