using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>Reads the lines of a watch.</summary>
internal static class WatchStream
{
    private const int LongestLine = 16 * 1024 * 1024;

    /// <summary>Yields each event until the stream ends.</summary>
    public static async IAsyncEnumerable<JsonElement> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                ReadOnlySequence<byte> buffer = read.Buffer;
                while (TryTakeLine(ref buffer, out ReadOnlySequence<byte> line))
                {
                    if (!line.IsEmpty)
                    {
                        yield return Parse(line);
                    }
                }

                if (buffer.Length > LongestLine)
                {
                    throw new InvalidDataException("An event of a watch is longer than 16 MiB.");
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private static JsonElement Parse(ReadOnlySequence<byte> line)
    {
        Utf8JsonReader reader = new(line);
        return JsonElement.ParseValue(ref reader);
    }
}
