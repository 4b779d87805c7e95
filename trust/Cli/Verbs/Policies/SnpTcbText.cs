using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary>Reads <c>Milan=bootloader:4,tee:0,snp:24,microcode:219</c>. Every part is named, since an absent part would be one that is not checked.</summary>
internal static class SnpTcbText
{
    private const string Option = "--minimum-tcb";

    public static Dictionary<SnpProduct, SnpTcb>? Read(string[] texts)
    {
        var minimum = new Dictionary<SnpProduct, SnpTcb>();
        foreach (string text in texts)
        {
            string[] sides = text.Split('=', 2);
            SnpProduct product = default;
            bool valid = sides.Length == 2 && Enum.TryParse(sides[0], ignoreCase: true, out product) && Enum.IsDefined(product) && !int.TryParse(sides[0], out _);
            if (!valid || !minimum.TryAdd(product, ReadTcb(product, sides[1])))
            {
                throw Refused(text);
            }
        }

        return minimum.Count > 0 ? minimum : null;
    }

    public static Dictionary<string, string> Parts(string text, char separator, string option)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string[] part in text.Split(',').Select(part => part.Split(separator, 2, StringSplitOptions.TrimEntries)))
        {
            if (part.Length != 2 || !parts.TryAdd(part[0], part[1]))
            {
                throw new CommandRefusedException(RefusalReason.PolicyInvalid, $"{option} '{text}' must be parts of NAME{separator}VALUE with commas between them, each once.");
            }
        }

        return parts;
    }

    private static SnpTcb ReadTcb(SnpProduct product, string text)
    {
        Dictionary<string, string> parts = Parts(text, ':', Option);
        byte Part(string name) => parts.Remove(name, out string? value) && byte.TryParse(value, out byte number) ? number : throw Refused(text);
        var tcb = new SnpTcb(product == SnpProduct.Turin ? Part("fmc") : (byte)0, Part("bootloader"), Part("tee"), Part("snp"), Part("microcode"));
        return parts.Count == 0 ? tcb : throw Refused(text);
    }

    private static CommandRefusedException Refused(string text) => new(RefusalReason.PolicyInvalid,
        $"{Option} '{text}' must be Milan, Genoa or Turin, '=', and bootloader:N,tee:N,snp:N,microcode:N (Turin also fmc:N), each product once.");
}
