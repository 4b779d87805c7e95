using ConfidentialOperator.Fuzz;
using ConfidentialOperator.Fuzz.Mutation;

namespace ConfidentialOperator.Attestation.Tests.Fuzzing;

/// <summary>Every fuzz target for a moment, with a fixed seed; and the fuzzer itself, over targets that do what must not be done.</summary>
public sealed class ShortFuzzTests
{
    private const int Seed = 20261125;
    private const int ParserInputs = 2000;
    private const int VerifierInputs = 60;
    private const int LongestShown = 4096;

    private static readonly Lazy<IReadOnlyList<Target>> s_targets = new(() => AllTargets.Make(Corpus.Find()));

    public static TheoryData<string> Targets => [.. s_targets.Value.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void NoChangedInputBreaksATarget(string name)
    {
        Target target = Assert.Single(s_targets.Value, target => target.Name == name);
        Assert.NotEmpty(target.Seeds);
        var run = new TargetRun(target);
        run.WarmUp();
        Failure? failure = run.Run(Seed, null, target.Verifies ? VerifierInputs : ParserInputs);
        Assert.True(failure is null, $"{failure?.Message}\ninput: {Convert.ToHexStringLower([.. failure?.Input.Take(LongestShown) ?? []])}");
    }

    /// <summary>A target none of whose good inputs is taken tests only the first lines of its parser.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void EveryTargetTakesAGoodInput(string name)
    {
        Target target = s_targets.Value.Single(target => target.Name == name);
        Assert.True(target.Seeds.Any(target.Run), $"No seed of {name} is taken.");
    }

    [Fact]
    public void AThrowingTargetIsFound() =>
        Assert.Contains("IndexOutOfRangeException", Fail(bytes => bytes[0] == 0xFF && bytes[bytes.Length] == 0)?.Message, StringComparison.Ordinal);

    [Fact]
    public void ATargetThatBelievesALengthIsFound() =>
        Assert.StartsWith("allocated ", Fail(bytes => bytes.Length > 3 && bytes[2] > 0x7F && new byte[bytes[2] * 100_000].Length == 0)?.Message, StringComparison.Ordinal);

    [Fact]
    public void ASlowTargetIsFound() => Assert.StartsWith("took ", Fail(bytes => bytes.Length == 0 && SpinFor(Target.MostMilliseconds + 5))?.Message, StringComparison.Ordinal);

    [Fact]
    public void AGoodTargetIsNotBlamed() => Assert.Null(Fail(bytes => bytes.Length > 10));

    /// <summary>The same seed gives the same inputs: a failure in a log can be had again.</summary>
    [Fact]
    public void TheSeedDecidesTheInputs()
    {
        byte[][] seeds = [[.. Enumerable.Range(0, 200).Select(number => (byte)number)]];
        string Inputs(int seed)
        {
            var mutator = new Mutator(seed);
            return string.Concat(Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(mutator.Next(seeds, Shape.Bytes))));
        }

        Assert.Equal(Inputs(1), Inputs(1));
        Assert.NotEqual(Inputs(1), Inputs(2));
    }

    /// <summary>Trees are read and written back as they were: otherwise every changed input would be broken in the same way.</summary>
    [Fact]
    public void AFormWritesWhatItReads()
    {
        byte[] der = Running.Development.Chip.CertificateDer;
        Assert.Equal(der, new DerForm().Write(new DerForm().Read(der)!));
        byte[] cbor = Convert.FromHexString("8443A10126A04ABF6161016162820102FF4401020304");
        Assert.Equal(cbor, new CborForm().Write(new CborForm().Read(cbor)!));
    }

    private static Failure? Fail(Func<byte[], bool> run) =>
        new TargetRun(new Target("made-by-a-test", Shape.Bytes, [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]], run)).Run(Seed, null, 20_000);

    private static bool SpinFor(int milliseconds)
    {
        long until = Environment.TickCount64 + milliseconds;
        while (Environment.TickCount64 < until)
        {
            Thread.SpinWait(1000);
        }

        return false;
    }
}
