using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Tests.Generation;

public sealed class ModelFilesTests
{
    [Fact]
    public void AFileIsWipedOnDispose()
    {
        var files = new ModelFiles();
        Memory<byte> content = files.Add("model.onnx", 3);
        content.Span.Fill(7);
        Assert.True(files.TryGet("model.onnx", out ReadOnlyMemory<byte> same));
        Assert.Equal([7, 7, 7], same.ToArray());
        files.Dispose();
        Assert.Equal([0, 0, 0], content.ToArray());
        Assert.False(files.TryGet("model.onnx", out _));
    }

    [Fact]
    public void OneFileIsWipedAlone()
    {
        using var files = new ModelFiles();
        Memory<byte> first = files.Add("a", 1);
        Memory<byte> second = files.Add("b", 1);
        first.Span[0] = second.Span[0] = 1;
        files.Wipe("a");
        Assert.Equal(0, first.Span[0]);
        Assert.Equal(1, second.Span[0]);
        Assert.Equal(["b"], files.Names);
    }

    [Fact]
    public void AFileLongerThanAnArrayIsNotTaken()
    {
        using var files = new ModelFiles();
        Assert.Throws<ArgumentOutOfRangeException>(() => files.Add("big", ModelFiles.MaximumFileLength + 1));
        Assert.Empty(files.Names);
    }
}
