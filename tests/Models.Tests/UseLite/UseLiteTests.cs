using System.Text;
using ConfidentialOperator.Models.UseLite;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Tokenizers;

namespace ConfidentialOperator.Models.Tests.UseLite;

public sealed class UseLiteTests(UseLiteFolder folder) : IClassFixture<UseLiteFolder>
{
    [Theory]
    [InlineData("How old are you?", new[] { 728, 446, 31, 19, 54 })]
    [InlineData("What is your age?", new[] { 379, 18, 37, 735, 54 })]
    public void IdsAreThePublishedOnes(string text, int[] ids)
    {
        Present();
        Assert.Equal(ids, Ids(text));
    }

    [Theory]
    [InlineData("How old are you?", "What is your age?", 0.846)]
    [InlineData("How old are you?", "The patient has a high fever and a cough.", 0.071)]
    [InlineData("The patient has a high fever and a cough.", "Someone sick with flu symptoms and elevated temperature.", 0.644)]
    [InlineData("The central bank raised interest rates.", "I love playing football on Sundays.", -0.007)]
    public void CosineIsTheOneOfTheOriginalNetwork(string first, string second, double cosine)
    {
        Present();
        using InferenceSession session = new(Path.Combine(folder.Folder, "model.onnx"));
        float[][] vectors = Embed(session, Ids(first), Ids(second));
        Assert.Equal(cosine, Dot(vectors[0], vectors[1]), 0.001);
        Assert.Equal(1, Dot(vectors[0], vectors[0]), 0.0001);
    }

    [Fact]
    public void ABatchGivesWhatEachRowGivesAlone()
    {
        Present();
        using InferenceSession session = new(Path.Combine(folder.Folder, "model.onnx"));
        int[] longer = Ids("The central bank raised interest rates.");
        int[] shorter = Ids("Hello.");
        float[] alone = Embed(session, shorter)[0];
        float[] together = Embed(session, longer, shorter)[1];
        Assert.Equal(1, Dot(alone, together), 0.0001);
    }

    [Fact]
    public async Task AnotherTarballIsRefused()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "not the package", TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<InvalidDataException>(() => UseLiteVerb.Package.OpenAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void EqualPiecesAreMadeDifferent()
    {
        byte[] model = SentencePieceFile.Write("""[["?",0],["<s>",0],["</s>",0],["x",0],["y",0],["z",0],["a",-1],["a",-2],["b",null]]"""u8.ToArray());
        using MemoryStream stream = new(model);
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Create(stream, false, false, null);
        Assert.Equal([6], tokenizer.EncodeToIds("a").Where(id => id == 6));
    }

    private void Present() => Assert.SkipUnless(folder.Missing is null, folder.Missing ?? "");

    private int[] Ids(string text)
    {
        using FileStream stream = File.OpenRead(Path.Combine(folder.Folder, "spiece.model"));
        return [.. SentencePieceTokenizer.Create(stream, false, false, null).EncodeToIds(text.Normalize(NormalizationForm.FormKC))];
    }

    private static float[][] Embed(InferenceSession session, params int[][] rows)
    {
        int width = rows.Max(row => row.Length);
        long[] ids = [.. rows.SelectMany(row => Enumerable.Range(0, width).Select(at => at < row.Length ? (long)row[at] : 0))];
        long[] mask = [.. rows.SelectMany(row => Enumerable.Range(0, width).Select(at => at < row.Length ? 1L : 0))];
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(ids, [rows.Length, width]);
        using OrtValue attention = OrtValue.CreateTensorValueFromMemory(mask, [rows.Length, width]);
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, ["input_ids", "attention_mask"], [input, attention], ["sentence_embedding"]);
        return [.. results[0].GetTensorDataAsSpan<float>().ToArray().Chunk(512)];
    }

    private static double Dot(float[] first, float[] second) => first.Zip(second, (a, b) => (double)a * b).Sum();
}
