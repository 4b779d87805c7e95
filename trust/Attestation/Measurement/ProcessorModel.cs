using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>The CPU models of QEMU and the signature by which CPUID names each (AMD publication 25481).</summary>
public static class ProcessorModel
{
    private static readonly (string Name, int Versions, uint Signature)[] s_models =
    [
        ("EPYC", 5, Signature(23, 1, 2)),
        ("EPYC-IBPB", 0, Signature(23, 1, 2)),
        ("EPYC-Rome", 5, Signature(23, 49, 0)),
        ("EPYC-Milan", 3, Signature(25, 1, 1)),
        ("EPYC-Genoa", 2, Signature(25, 17, 0)),
        ("EPYC-Turin", 1, Signature(26, 0, 0)),
    ];

    private static readonly Dictionary<string, uint> s_signatures = s_models
        .SelectMany(model => Enumerable.Range(0, model.Versions + 1).Select(version => (Name: version == 0 ? model.Name : $"{model.Name}-v{version}", model.Signature)))
        .ToDictionary(model => model.Name, model => model.Signature, StringComparer.Ordinal);

    /// <summary>Gets the names that are known.</summary>
    public static IReadOnlyCollection<string> Names => s_signatures.Keys;

    /// <summary>Returns the signature that CPUID gives for a family, a model and a stepping.</summary>
    public static uint Signature(uint family, uint model, uint stepping)
    {
        uint low = Math.Min(family, 15);
        return ((family - low) << 20) | ((model >> 4) << 16) | (low << 8) | ((model & 0xf) << 4) | (stepping & 0xf);
    }

    /// <summary>Finds a model by the name that QEMU gives it.</summary>
    public static bool TryFind(string name, out uint signature, [NotNullWhen(false)] out Refusal? refusal)
    {
        bool found = s_signatures.TryGetValue(name, out signature);
        refusal = found ? null : new(RefusalReason.Unsupported, $"The CPU type '{name}' is not known; known are {string.Join(", ", s_models.Select(model => model.Name))} "
            + "and their versions, such as EPYC-Milan-v2. For another give its CPUID signature.");
        return found;
    }
}
