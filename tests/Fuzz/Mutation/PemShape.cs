using System.Security.Cryptography;
using System.Text;

namespace ConfidentialOperator.Fuzz.Mutation;

/// <summary>PEM: the DER of one certificate is changed, and the text is written again.</summary>
internal sealed class PemShape : Shape
{
    public override byte[] Change(byte[] bytes, Random random)
    {
        string text = Encoding.Latin1.GetString(bytes);
        int start = random.Next(Math.Max(1, text.Length));
        if (!PemEncoding.TryFind(text.AsSpan(start), out PemFields fields))
        {
            start = 0;
            if (!PemEncoding.TryFind(text, out fields))
            {
                return Bytes.Change(bytes, random);
            }
        }

        string rest = text[start..];
        string changed = PemEncoding.WriteString(rest[fields.Label], Der.Change(Convert.FromBase64String(rest[fields.Base64Data]), random));
        return Encoding.Latin1.GetBytes(text[..start] + rest[..fields.Location.Start] + changed + rest[fields.Location.End..]);
    }
}
