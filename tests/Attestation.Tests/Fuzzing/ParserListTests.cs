using System.Reflection;
using System.Runtime.CompilerServices;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Fuzzing;

/// <summary>No parser of evidence is forgotten: each is called by a fuzz target, or is reached through another that is.</summary>
public sealed class ParserListTests
{
    /// <summary>Parsers of a part, with the one that calls them.</summary>
    private static readonly Dictionary<string, string> s_reached = new(StringComparer.Ordinal)
    {
        ["Nitro.CoseSign1"] = "NitroDocument",
        ["Certificates.SignedPart"] = "Certificate",
        ["Evidence.SnpTcb"] = "SnpReport",
        ["Nvidia.Spdm.OpaqueData"] = "SpdmReport",
        ["Tdx.PckChain"] = "TdxQuote",
        ["Tdx.CollateralPiece"] = "TdxCollateral",
        ["Measurement.EnclaveSigner"] = "EnclaveImage",
        ["Measurement.SevSection"] = "GuestFirmware",
        ["Measurement.TdxSection"] = "GuestFirmware",
    };

    private static readonly Type[] s_inputs = [typeof(ReadOnlyMemory<byte>), typeof(ReadOnlySpan<byte>), typeof(byte[]), typeof(ByteString)];

    [Fact]
    public void EveryParserHasATarget()
    {
        string targets = string.Concat(Directory.EnumerateFiles(Path.Combine(Folder(), "..", "..", "Fuzz", "Targets"), "*.cs").Select(File.ReadAllText));
        string[] missing = [.. Parsers().Where(name => !s_reached.ContainsKey(name) && !targets.Contains(Last(name) + ".", StringComparison.Ordinal))];
        Assert.True(missing.Length == 0, "Without a fuzz target: " + string.Join(", ", missing));
        Assert.All(s_reached.Values, by => Assert.Contains(by + ".", targets, StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIsReachedOtherwiseIsAParser() => Assert.Empty(s_reached.Keys.Except(Parsers()));

    private static IEnumerable<string> Parsers() =>
        from type in typeof(TrustRoots).Assembly.GetTypes().Concat(typeof(SnpEvidence).Assembly.GetTypes().Where(type => type.Namespace == typeof(SnpEvidence).Namespace))
        where type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly).Any(IsParser)
        select type.FullName!.Replace("ConfidentialOperator.Attestation.", "", StringComparison.Ordinal).Replace("ConfidentialOperator.Protocol.", "", StringComparison.Ordinal);

    private static bool IsParser(MethodInfo method) =>
        method.Name is "TryParse" or "TryParseList" or "TryRead" or "TryCreate" or "Read" && method.GetParameters() is [{ } first, ..] && s_inputs.Contains(first.ParameterType);

    private static string Last(string name) => name[(name.LastIndexOf('.') + 1)..];

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
