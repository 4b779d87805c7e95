using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>A sealed file as a forward-only stream; one chunk of plaintext is in memory at a time, and wiped.</summary>
internal sealed class SealedFileStream : Stream
{
    private readonly SealedFileReader _file;
    private readonly SealedChunkReader _reader;
    private readonly byte[] _plain;
    private long _next;
    private int _at;
    private int _filled;

    public SealedFileStream(SealedFileReader file)
    {
        _file = file;
        _reader = file.NewChunkReader();
        _plain = GC.AllocateUninitializedArray<byte>((int)Math.Min(file.ChunkSize, file.Size), pinned: true);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _file.Size;

    public override long Position
    {
        get => (_next * _file.ChunkSize) - (_next == 0 ? 0 : _file.ChunkSize) + _at;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_at == _filled && !Fill()))
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, _filled - _at);
        _plain.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(_plain);
            _reader.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Fill()
    {
        if (_next == _file.Chunks)
        {
            return false;
        }

        int length = _file.PlainLength(_next);
        if (!_reader.TryRead(_next, _plain.AsSpan(0, length), out Refusal? refusal))
        {
            throw new SealedModelException(refusal);
        }

        (_at, _filled, _next) = (0, length, _next + 1);
        return length > 0;
    }
}
