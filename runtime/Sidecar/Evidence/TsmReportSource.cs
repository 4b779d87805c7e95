using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Evidence;

/// <summary>
/// The kernel's report folder (configfs-tsm): a folder is made below it, the question is written to <c>inblob</c>, the report is read from
/// <c>outblob</c> and the host's certificates from <c>auxblob</c>. <c>generation</c> tells whether somebody else wrote in between.
/// </summary>
internal sealed class TsmReportSource(string root) : IEvidenceSource
{
    /// <summary>The folder that is made. One process asks, one question at a time, so one name does.</summary>
    public const string Entry = "confidential-model";

    private const string SnpProvider = "sev_guest";
    private const int LongestBlob = 256 * 1024;
    private const int Attempts = 3;

    public string Name => "tsm";

    public async Task<EvidenceOutcome> GetAsync(ByteString reportData, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
        {
            return EvidenceOutcome.Unavailable($"'{root}' is not there.");
        }

        string entry = Path.Combine(root, Entry);
        try
        {
            Directory.CreateDirectory(entry);
            try
            {
                return await AskAsync(entry, reportData, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Remove(entry);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return EvidenceOutcome.Unavailable($"'{root}' cannot be used: {exception.GetType().Name}.");
        }
    }

    private static async Task<EvidenceOutcome> AskAsync(string entry, ByteString reportData, CancellationToken cancellationToken)
    {
        string provider = (await TextAsync(entry, "provider", cancellationToken).ConfigureAwait(false)).Trim();
        if (provider != SnpProvider)
        {
            return EvidenceOutcome.Unavailable($"The kernel's report provider is not {SnpProvider}: this source reads SEV-SNP reports only.");
        }

        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            await WriteAsync(entry, reportData, cancellationToken).ConfigureAwait(false);
            string before = await TextAsync(entry, "generation", cancellationToken).ConfigureAwait(false);
            byte[] report = await BlobAsync(entry, "outblob", cancellationToken).ConfigureAwait(false);
            byte[] table = File.Exists(Path.Combine(entry, "auxblob")) ? await BlobAsync(entry, "auxblob", cancellationToken).ConfigureAwait(false) : [];
            if (before == await TextAsync(entry, "generation", cancellationToken).ConfigureAwait(false))
            {
                return SnpReportData.ToEvidence("The kernel's report folder", report, CertificateTable.Read(table), reportData);
            }
        }

        return EvidenceOutcome.Unavailable("Somebody else keeps writing to the entry in the kernel's report folder.");
    }

    // The kernel takes the question as one write.
    private static async Task WriteAsync(string entry, ByteString reportData, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(Path.Combine(entry, "inblob"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0);
        await file.WriteAsync(reportData.Memory, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> TextAsync(string entry, string name, CancellationToken cancellationToken) =>
        Encoding.ASCII.GetString(await BlobAsync(entry, name, cancellationToken).ConfigureAwait(false));

    // Files of the kernel have no length, so they are read to their end.
    private static async Task<byte[]> BlobAsync(string entry, string name, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(Path.Combine(entry, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        using var blob = new MemoryStream();
        byte[] piece = new byte[16 * 1024];
        int read;
        while ((read = await file.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (blob.Length + read > LongestBlob)
            {
                throw new IOException($"'{name}' is longer than {LongestBlob} bytes.");
            }

            blob.Write(piece, 0, read);
        }

        return blob.ToArray();
    }

    // The kernel removes an entry with its files; where that fails the entry stays and is used again.
    private static void Remove(string entry)
    {
        try
        {
            Directory.Delete(entry);
        }
        catch (IOException)
        {
            // Used again next time.
        }
    }
}
