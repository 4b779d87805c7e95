using System.Numerics.Tensors;
using System.Security.Cryptography;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>Picks a token from the scores of all tokens. The same seed picks the same tokens from the same scores.</summary>
internal sealed class Sampler
{
    private readonly double _temperature;
    private readonly double _topP;
    private ulong _state;

    public Sampler(GenerationOptions options)
    {
        _temperature = options.Temperature;
        _topP = options.TopP;
        _state = options.Seed is { } seed ? unchecked((ulong)seed) : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    }

    /// <summary>Picks a token; the scores are used up.</summary>
    public int Pick(Span<float> scores)
    {
        int best = Best(scores);
        if (_temperature == 0) return best;
        float most = scores[best];
        TensorPrimitives.Subtract(scores, most, scores);
        TensorPrimitives.Divide(scores, (float)Math.Max(_temperature, 1e-4), scores);
        TensorPrimitives.Exp(scores, scores);
        double sum = 0;
        foreach (float score in scores) sum += score;
        return _topP < 1 ? PickFromTop(scores, sum) : PickFromAll(scores, sum * NextShare(), best);
    }

    private static int Best(ReadOnlySpan<float> scores)
    {
        int best = -1;
        for (int i = 0; i < scores.Length; i++)
        {
            if (best < 0 ? !float.IsNaN(scores[i]) : scores[i] > scores[best]) best = i;
        }

        return best >= 0 && float.IsFinite(scores[best]) ? best : throw new InvalidDataException("The model computed no number.");
    }

    private static int PickFromAll(ReadOnlySpan<float> weights, double target, int best)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            target -= weights[i];
            if (target < 0) return i;
        }

        return best;
    }

    /// <summary>Keeps the likeliest tokens that have the share together. What is below its own part of the rest cannot be one of them.</summary>
    private int PickFromTop(ReadOnlySpan<float> weights, double sum)
    {
        double least = (1 - _topP) * sum / weights.Length;
        var candidates = new List<(float Weight, int Id)>();
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] >= least) candidates.Add((weights[i], i));
        }

        candidates.Sort((left, right) => left.Weight != right.Weight ? right.Weight.CompareTo(left.Weight) : left.Id.CompareTo(right.Id));
        double kept = 0;
        int count = 0;
        while (count < candidates.Count && kept < _topP * sum) kept += candidates[count++].Weight;
        double target = kept * NextShare();
        for (int i = 0; i < count; i++)
        {
            target -= candidates[i].Weight;
            if (target < 0) return candidates[i].Id;
        }

        return candidates[0].Id;
    }

    /// <summary>SplitMix64: 53 bits of its next number, from 0 up to 1.</summary>
    private double NextShare()
    {
        ulong mixed = _state = unchecked(_state + 0x9E3779B97F4A7C15);
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB);
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
