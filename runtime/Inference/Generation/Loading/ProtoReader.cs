using System.Buffers.Binary;

namespace ConfidentialOperator.Inference.Generation.Loading;

/// <summary>Walks over the fields of a protobuf message in place: a weight that is passed over is not copied.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Gets the number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Gets the value of the current field, if it is a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>Gets the content of the current field, if it has a length.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Gets whether the message ended where a field cannot end, or has what no message has.</summary>
    public bool Broken { get; private set; }

    /// <summary>Goes to the next field; false at the end and when the message is broken.</summary>
    public bool Read()
    {
        Content = default;
        Number = 0;
        if (_rest.IsEmpty || Broken) return false;
        ulong tag = ReadVarint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        switch ((int)(tag & 7))
        {
            case Varint: Number = ReadVarint(); break;
            case Fixed64: Number = Take(8) is { Length: 8 } wide ? BinaryPrimitives.ReadUInt64LittleEndian(wide) : 0; break;
            case LengthDelimited: Content = Take(ReadVarint()); break;
            case Fixed32: Number = Take(4) is { Length: 4 } narrow ? BinaryPrimitives.ReadUInt32LittleEndian(narrow) : 0; break;
            default: Broken = true; break;
        }

        Broken |= Field == 0;
        return !Broken;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int i = 0; i < Math.Min(10, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] >= 0x80) continue;
            _rest = _rest[(i + 1)..];
            return value;
        }

        Broken = true;
        return 0;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (Broken || length > (ulong)_rest.Length)
        {
            Broken = true;
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
