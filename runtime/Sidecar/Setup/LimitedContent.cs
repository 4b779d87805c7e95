namespace ConfidentialOperator.Sidecar.Setup;

/// <summary>Reads an answer up to a limit, and no piece beyond it.</summary>
internal static class LimitedContent
{
    private const int PieceSize = 16 * 1024;

    /// <summary>Reads the stream to its end; null when it is longer than the limit.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        byte[] piece = new byte[PieceSize];
        int read;
        while ((read = await stream.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (content.Length + read > limit)
            {
                return null;
            }

            content.Write(piece, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>Reads an answer's body; null when it is longer than the limit.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(stream, limit, cancellationToken).ConfigureAwait(false);
    }
}
