using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Inference.Generation.Decoding;

namespace ConfidentialOperator.Inference.Tests.Generation.Decoding;

public sealed class SamplerTests
{
    private const int Draws = 20_000;

    // Probabilities 0.5, 0.3, 0.15, 0.05.
    private static readonly float[] s_scores = [MathF.Log(0.3f), MathF.Log(0.05f), MathF.Log(0.5f), MathF.Log(0.15f)];

    [Fact]
    public void TokensComeAsOftenAsTheyAreLikely() => Near([0.3, 0.05, 0.5, 0.15], Shares(new GenerationOptions { Seed = 1 }));

    [Fact]
    public void TopPKeepsTheLikeliest() => Near([0.375, 0, 0.625, 0], Shares(new GenerationOptions { Seed = 1, TopP = 0.75 }));

    [Fact]
    public void ALowTemperatureSharpens() => Near([0.09 / 0.365, 0.0025 / 0.365, 0.25 / 0.365, 0.0225 / 0.365], Shares(new GenerationOptions { Seed = 1, Temperature = 0.5 }));

    [Fact]
    public void TemperatureZeroTakesTheBest() => Near([0, 0, 1, 0], Shares(new GenerationOptions { Temperature = 0 }));

    [Fact]
    public void EqualScoresGiveTheFirst() => Assert.Equal(0, new Sampler(new GenerationOptions { Temperature = 0 }).Pick(new float[] { 1, 1 }));

    [Fact]
    public void WithoutASeedItDiffers()
    {
        var all = new HashSet<string>();
        for (int i = 0; i < 4; i++)
        {
            var sampler = new Sampler(new GenerationOptions());
            all.Add(string.Join(',', Enumerable.Range(0, 40).Select(_ => sampler.Pick(s_scores.ToArray()))));
        }

        Assert.True(all.Count > 1);
    }

    [Fact]
    public void NumbersThatAreNoneAreNotPicked()
    {
        Assert.Equal(1, new Sampler(new GenerationOptions { Temperature = 0 }).Pick(new[] { float.NaN, 2f, float.NegativeInfinity }));
        Assert.Throws<InvalidDataException>(() => new Sampler(new GenerationOptions()).Pick(new[] { float.NaN, float.NaN }));
    }

    private static double[] Shares(GenerationOptions options)
    {
        var sampler = new Sampler(options);
        var counts = new int[s_scores.Length];
        for (int i = 0; i < Draws; i++) counts[sampler.Pick(s_scores.ToArray())]++;
        return [.. counts.Select(count => (double)count / Draws)];
    }

    private static void Near(double[] expected, double[] found)
    {
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 0.02);
    }
}
