using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Channel;

/// <summary>The content of a request, complete and authentic, in memory that does not move and is wiped.</summary>
internal sealed class PromptContent : IDisposable
{
    private const int FirstSize = 16 * 1024;

    private byte[] _bytes;
    private int _length;

    private PromptContent(int size) => _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>
    /// Reads to the authenticated end. Content that nobody wants is read too, since only the end says that the request is genuine, but not kept.
    /// </summary>
    public static async Task<Outcome<PromptContent>> ReadAsync(Stream body, bool keep, CancellationToken cancellationToken)
    {
        var content = new PromptContent(FirstSize);
        try
        {
            int read;
            do
            {
                content.MakeRoom();
                read = await body.ReadAsync(content._bytes.AsMemory(content._length), cancellationToken).ConfigureAwait(false);
                content._length += keep ? read : 0;
            }
            while (read > 0);
            return content;
        }
        catch (ChannelException exception)
        {
            content.Dispose();
            return exception.Refusal;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private void MakeRoom()
    {
        if (_length == _bytes.Length)
        {
            byte[] larger = GC.AllocateUninitializedArray<byte>(_bytes.Length * 2, pinned: true);
            _bytes.CopyTo(larger, 0);
            CryptographicOperations.ZeroMemory(_bytes);
            _bytes = larger;
        }
    }
}
