using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Generation.Tensors;

public sealed class TensorModelTests
{
    [Fact]
    public async Task WdbcClassifiesTheHeldOutRows()
    {
        using ITensorModel model = LoadedModel.Load<ITensorModel>(ModelTask.Tensor, TestModels.Wdbc);
        Assert.Equal([new TensorMetadata("features", TensorDataType.Fp32, [-1, 30])], model.Inputs, Same);
        string[][] rows = [.. File.ReadLines(Path.Combine(TestModels.Wdbc, "held-out.csv")).Select(line => line.Split(',')).Where(row => row.Length == 31)];
        float[] features = [.. rows.SelectMany(row => row[..30]).Select(cell => float.Parse(cell, CultureInfo.InvariantCulture))];
        Outcome<IReadOnlyList<TensorValue>> outcome = await model.InferAsync([Features(features, rows.Length)], ["label"], TestContext.Current.CancellationToken);
        TensorValue label = Assert.Single(outcome.Value!);
        Assert.Equal((TensorDataType.Int64, rows.Length), (label.DataType, (int)label.Shape[0]));
        long[] found = [.. MemoryMarshal.Cast<byte, long>(label.Data.Span)];
        Assert.Equal(141, rows.Where((row, index) => long.Parse(row[30], CultureInfo.InvariantCulture) == found[index]).Count());
    }

    [Fact]
    public async Task WhatDoesNotFitIsRefusedByName()
    {
        using ITensorModel model = LoadedModel.Load<ITensorModel>(ModelTask.Tensor, TestModels.Wdbc);
        TensorValue good = Features(new float[30], 1);
        (IReadOnlyList<TensorValue> Inputs, string[] Outputs, string Says)[] wrong =
        [
            ([], [], "\"features\" is missing"),
            ([good, good], [], "given twice"),
            ([good with { Name = "other" }], [], "its inputs are \"features\""),
            ([good with { DataType = TensorDataType.Fp64 }], [], "must be FP32 and is FP64"),
            ([good with { Shape = [1, 31] }], [], "[-1, 30]"),
            ([good with { Shape = [30] }], [], "[-1, 30]"),
            ([good with { Shape = [-1, 30] }], [], "[-1, 30]"),
            ([good with { Shape = [2, 30] }], [], "must have 240 bytes"),
            ([good with { Shape = [long.MaxValue, 30] }], [], "more than a tensor can hold"),
            ([good], ["nothing"], "its outputs are"),
            ([good], ["label", "label"], "twice"),
        ];
        foreach ((IReadOnlyList<TensorValue> inputs, string[] outputs, string says) in wrong)
        {
            Outcome<IReadOnlyList<TensorValue>> outcome = await model.InferAsync(inputs, outputs, TestContext.Current.CancellationToken);
            Assert.Equal(RefusalReason.RequestInvalid, outcome.Refusal?.Reason);
            Assert.Contains(says, outcome.Refusal!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AnEmptyBatchGivesEmptyOutputs()
    {
        using ITensorModel model = LoadedModel.Load<ITensorModel>(ModelTask.Tensor, TestModels.Wdbc);
        Outcome<IReadOnlyList<TensorValue>> outcome = await model.InferAsync([Features([], 0)], [], TestContext.Current.CancellationToken);
        Assert.All(outcome.Value!, output => Assert.Equal(0, output.Data.Length));
    }

    [Fact]
    public async Task MagikaTellsFileTypes()
    {
        string folder = TestModels.Shared("magika");
        using ITensorModel model = LoadedModel.Load<ITensorModel>(ModelTask.Tensor, folder);
        string[] labels = File.ReadAllLines(Path.Combine(folder, "labels.txt"));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        JsonElement samples = golden.RootElement.EnumerateObject().First(member => member.Value.ValueKind == JsonValueKind.Array).Value;
        int checkedSamples = 0;
        foreach (JsonElement sample in samples.EnumerateArray())
        {
            byte[] content = sample.EnumerateObject().First(member => member.Name.Contains("base64", StringComparison.Ordinal)).Value.GetBytesFromBase64();
            if (sample.GetProperty("score").GetDouble() < 0.9 || content.Length < 8 || sample.GetProperty("dl_label").GetString() is not { } label || !labels.Contains(label)) continue;
            var input = new TensorValue { Name = "bytes", DataType = TensorDataType.Int32, Shape = [1, 2048], Data = MemoryMarshal.AsBytes<int>(MagikaFeatures(content)).ToArray() };
            Outcome<IReadOnlyList<TensorValue>> outcome = await model.InferAsync([input], [], TestContext.Current.CancellationToken);
            float[] scores = [.. MemoryMarshal.Cast<byte, float>(outcome.Value![0].Data.Span)];
            Assert.Equal(label, labels[Array.IndexOf(scores, scores.Max())]);
            checkedSamples++;
        }

        Assert.True(checkedSamples > 5);
    }

    private static int[] MagikaFeatures(byte[] content)
    {
        int[] head = [.. content.Take(4096).SkipWhile(IsSpace).Take(1024).Select(value => (int)value)];
        int[] tail = [.. content.TakeLast(4096).Reverse().SkipWhile(IsSpace).Take(1024).Reverse().Select(value => (int)value)];
        return [.. head, .. Enumerable.Repeat(256, 1024 - head.Length), .. Enumerable.Repeat(256, 1024 - tail.Length), .. tail];
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (>= 9 and <= 13);

    private static TensorValue Features(float[] values, int rows) =>
        new() { Name = "features", DataType = TensorDataType.Fp32, Shape = [rows, 30], Data = MemoryMarshal.AsBytes<float>(values).ToArray() };

    private static bool Same(TensorMetadata left, TensorMetadata right) =>
        left.Name == right.Name && left.DataType == right.DataType && left.Shape.SequenceEqual(right.Shape);
}
